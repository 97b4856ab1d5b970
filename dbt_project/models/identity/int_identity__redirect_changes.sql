{{ config(materialized='ephemeral') }}
{# A merged ID redirects to where its own records are now. If its target is merged, split or
   retired, the redirect is updated, so that readers never follow a chain. #}
with latest_events as (
    select
        customer_id,
        event,
        other_customer_id,
        row_number() over (
            partition by customer_id order by landing_position desc
        ) as place
    from {{ ref('stg_identity__events') }}
    where event in ('merged', 'retired')
),

moved as (
    select
        customer_id,
        max(case when is_merged then other_customer_id end) as merged_into
    from {{ ref('int_identity__id_moves') }}
    group by customer_id
),

affected as (
    select
        redirects.customer_id,
        redirects.other_customer_id as target_id,
        moved.merged_into,
        retired.customer_id is not null as is_target_retired
    from latest_events as redirects
    left join moved on redirects.other_customer_id = moved.customer_id
    left join {{ ref('int_identity__retired_ids') }} as retired
        on redirects.other_customer_id = retired.customer_id
    where
        redirects.place = 1
        and redirects.event = 'merged'
        and (moved.customer_id is not null or retired.customer_id is not null)
),

periods as (
    select
        record_id,
        customer_id,
        lead(landing_position) over (
            partition by record_id order by landing_position
        ) as ends_at
    from {{ ref('stg_identity__assignments') }}
    where record_id in (
        select assignments.record_id
        from affected
        inner join {{ ref('stg_identity__assignments') }} as assignments
            on affected.customer_id = assignments.customer_id
    )
),

endings as (
    select
        customer_id,
        max(ends_at) as ends_at
    from periods
    group by customer_id
),

votes as (
    select
        affected.customer_id,
        assignments.customer_id as target_id,
        row_number() over (
            partition by affected.customer_id
            order by
                count(*) desc,
                case when assignments.customer_id = affected.target_id then 0 else 1 end,
                {{ binary_order('assignments.customer_id') }}
        ) as place
    from affected
    inner join endings on affected.customer_id = endings.customer_id
    inner join periods
        on endings.customer_id = periods.customer_id and endings.ends_at = periods.ends_at
    inner join {{ ref('int_identity__assignments') }} as assignments
        on periods.record_id = assignments.record_id and assignments.customer_id is not null
    group by affected.customer_id, affected.target_id, assignments.customer_id
)

select
    affected.customer_id,
    affected.target_id as prior_target_id,
    coalesce(
        votes.target_id,
        affected.merged_into,
        case when not affected.is_target_retired then affected.target_id end
    ) as target_id
from affected
left join votes on affected.customer_id = votes.customer_id and votes.place = 1
