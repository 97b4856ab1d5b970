{# A deal counts for every owner it had, up to the stage reached under that owner. The outcome
   counts for the owner who has it now or closed it; for the others the deal was handed over. #}
{%- set group = ['affiliate_id', 'dimension', 'value'] -%}
with recent as (
    select *
    from {{ ref('own_deals') }}
    where is_open or {{ days_between('closed_at', as_of()) }} < {{ var('funnel_window_days') }}
),

visits as (
    select
        visits.*,
        recent.channel,
        recent.is_open,
        recent.is_overdue,
        recent.is_stuck,
        recent.outcome as deal_outcome,
        recent.amount_base,
        recent.cycle_days,
        coalesce(cast(visits.owner_id as text), 'none') as owner
    from {{ ref('own_deal_stage_intervals') }} as visits
    inner join recent
        on visits.affiliate_id = recent.affiliate_id and visits.deal_id = recent.deal_id
),

hands as (
    select
        affiliate_id,
        deal_id,
        owner,
        greatest(max(stage_rank), 1) as highest_rank,
        coalesce(
            {{ value_at_lowest('case when stage_rank >= 1 then stage end', '-move_no') }},
            'untouched'
        ) as last_stage,
        max(case when exited_at is null then stage_rank end) as stage_rank,
        coalesce(max(case when exited_at is null then deal_outcome end), 'passed_on') as outcome,
        max(case when exited_at is null and is_open then 1 else 0 end) = 1 as is_open,
        max(case when exited_at is null and is_overdue then 1 else 0 end) = 1 as is_overdue,
        max(case when exited_at is null and is_stuck then 1 else 0 end) = 1 as is_stuck,
        max(amount_base) as amount_base,
        max(cycle_days) as cycle_days
    from visits
    group by affiliate_id, deal_id, owner
),

deals as (
    {%- for dimension, value, source in [
        ('all', "'all'", 'recent'), ('channel', 'channel', 'recent'), ('owner', 'owner', 'hands')
    ] %}
    select
        affiliate_id,
        deal_id,
        '{{ dimension }}' as dimension,
        {{ value }} as value,
        highest_rank,
        last_stage,
        stage_rank,
        outcome,
        is_open,
        is_overdue,
        is_stuck,
        amount_base,
        cycle_days
    from {{ source }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

visits_in_groups as (
    {%- for dimension, value in {
        'all': "'all'", 'channel': 'channel', 'owner': 'owner'
    }.items() %}
    select
        affiliate_id,
        deal_id,
        '{{ dimension }}' as dimension,
        {{ value }} as value,
        move_no,
        stage_rank,
        exited_at,
        days_in_stage
    from visits
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

funnel as (
    {{ funnel('deals', 'visits_in_groups', group) }}
)

select
    cast(affiliate_id as bigint) as affiliate_id,
    cast(dimension as text) as dimension,
    cast(value as text) as value,
    {{ funnel_columns() }}
from funnel
