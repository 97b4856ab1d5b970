{{ config(materialized='ephemeral') }}
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
inner join {{ ref('int_identity__assignments') }} as lefts
    on pairs.left_record_id = lefts.record_id
inner join {{ ref('int_identity__assignments') }} as rights
    on pairs.right_record_id = rights.record_id and lefts.customer_id = rights.customer_id
where pairs.rule is not null and pairs.veto is null
{%- if ledger_is_incremental() %}
    and pairs.left_record_id in (select record_id from {{ ref('int_identity__members') }})
{%- endif %}
