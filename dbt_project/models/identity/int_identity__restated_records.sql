{# Records whose stated values changed since they were last normalised, and records that are new or
   gone. A full run normalises all records and needs no list. #}
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
