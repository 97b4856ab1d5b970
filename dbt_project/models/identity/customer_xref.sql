{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ purge_members() }}"
) }}
select
    assignments.affiliate_id,
    assignments.affiliate_customer_id,
    assignments.customer_id,
    assignments.assigned_at as valid_from
from {{ ref('int_identity__assignments') }} as assignments
{%- if ledger_is_incremental() %}
inner join {{ ref('int_identity__members') }} as members
    on assignments.record_id = members.record_id
{%- endif %}
where assignments.customer_id is not null
