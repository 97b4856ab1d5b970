{{ config(materialized='ephemeral') }}
{# Links within a person. All records of a member's person are among the members. #}
with owners as (
    select
        assignments.record_id,
        assignments.customer_id
    from {{ ref('int_identity__assignments') }} as assignments
    {%- if ledger_is_incremental() %}
    inner join {{ ref('int_identity__members') }} as members
        on assignments.record_id = members.record_id
    {%- endif %}
)

select
    pairs.left_record_id,
    pairs.right_record_id,
    lefts.customer_id,
    pairs.rule,
    {%- for field in identity_levels() %}
    pairs.{{ field }}_weight,
    {%- endfor %}
    pairs.total_weight,
    {{ var('identity_weights_version') }} as weights_version
from {{ ref('int_identity__pair_weights') }} as pairs
inner join owners as lefts on pairs.left_record_id = lefts.record_id
inner join owners as rights
    on pairs.right_record_id = rights.record_id and lefts.customer_id = rights.customer_id
where pairs.rule is not null and pairs.veto is null
