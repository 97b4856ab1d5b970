-- depends_on: {{ ref('int_identity__weights') }}
{# Records that are new, gone or differ in what is compared since matching last ran, and records of
   pairs that a steward has decided about since. A full run compares all records and needs no list.
   #}
{% if identity_is_incremental() %}
{%- set kept = identity_cache('int_identity__match_records') -%}
{%- set kept_pairs = identity_cache('int_identity__pair_weights') %}
with known_decisions as (
    select decisions.*
    from {{ ref('stg_identity__decisions') }} as decisions
    inner join {{ ref('int_identity__normalised_records') }} as a
        on decisions.left_record_id = a.record_id
    inner join {{ ref('int_identity__normalised_records') }} as b
        on decisions.right_record_id = b.record_id
),

decided as (
    select
        coalesce(decisions.left_record_id, pairs.left_record_id) as left_record_id,
        coalesce(decisions.right_record_id, pairs.right_record_id) as right_record_id
    from known_decisions as decisions
    full join (select * from {{ kept_pairs }} where decision is not null) as pairs
        on
            decisions.left_record_id = pairs.left_record_id
            and decisions.right_record_id = pairs.right_record_id
    where decisions.decision is distinct from pairs.decision
)

select coalesce(records.record_id, kept.record_id) as record_id
from {{ ref('int_identity__restated_records') }} as restated
left join {{ ref('int_identity__normalised_records') }} as records
    on
        restated.affiliate_id = records.affiliate_id
        and restated.affiliate_customer_id = records.affiliate_customer_id
left join {{ kept }} as kept
    on
        restated.affiliate_id = kept.affiliate_id
        and restated.affiliate_customer_id = kept.affiliate_customer_id
where records.compared_hash is distinct from kept.compared_hash
union
select left_record_id as record_id from decided
union
select right_record_id as record_id from decided
{% else %}
select record_id from {{ ref('int_identity__normalised_records') }}
where false
{% endif %}
