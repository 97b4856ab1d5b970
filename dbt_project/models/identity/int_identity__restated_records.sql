{# Records of which something else is stated than when they were last normalised, and those that are
   new or gone. A run that starts anew normalises all and needs no list. #}
{% if identity_is_incremental() %}
select
    coalesce(records.affiliate_id, kept.affiliate_id) as affiliate_id,
    coalesce(records.affiliate_customer_id, kept.affiliate_customer_id) as affiliate_customer_id
from (
    select
        affiliate_id,
        affiliate_customer_id,
        {{ stated_hash() }} as stated_hash
    from {{ ref('int_identity__records') }}
) as records
full join {{ identity_cache('int_identity__normalised_records') }} as kept
    on
        records.affiliate_id = kept.affiliate_id
        and records.affiliate_customer_id = kept.affiliate_customer_id
where records.stated_hash is distinct from kept.stated_hash
{% else %}
select
    affiliate_id,
    affiliate_customer_id
from {{ ref('int_identity__records') }}
where false
{% endif %}
