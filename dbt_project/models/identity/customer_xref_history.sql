{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ purge_changed_periods() }}"
) }}
with landed as (
    select assignments.*
    from {{ ref('stg_identity__assignments') }} as assignments
    {%- if ledger_is_incremental() %}
    inner join {{ ref('int_identity__assignment_changes') }} as changes
        on
            assignments.affiliate_id = changes.affiliate_id
            and assignments.affiliate_customer_id = changes.affiliate_customer_id
    {%- endif %}
    where
        not assignments.is_of_later
        or assignments.record_id in (
            select clusters.record_id from {{ ref('int_identity__clusters') }} as clusters
        )
),

changes as (
    select
        affiliate_id,
        affiliate_customer_id,
        customer_id,
        assigned_at,
        landing_position
    from landed
    union all
    select
        affiliate_id,
        affiliate_customer_id,
        customer_id,
        assigned_at,
        -- assignments that are not landed yet come last
        9223372036854775807 as landing_position
    from {{ ref('int_identity__assignment_changes') }}
),

periods as (
    select
        affiliate_id,
        affiliate_customer_id,
        customer_id,
        assigned_at,
        lead(assigned_at) over record_history as valid_to,
        row_number() over record_history as period
    from changes
    window record_history as (
        partition by affiliate_id, affiliate_customer_id order by landing_position
    )
)

select
    affiliate_id,
    affiliate_customer_id,
    cast(period as bigint) as period,
    customer_id,
    assigned_at as valid_from,
    valid_to
from periods
where customer_id is not null
