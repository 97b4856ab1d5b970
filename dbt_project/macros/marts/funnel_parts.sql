{# Query of the deals of each group by the highest stage they reached. #}
{% macro funnel_heights(deals, by) -%}
select
    {{ by }},
    highest_rank,
    count(*) as reached_or_beyond,
    sum(is_decided) as decided,
    sum(is_won) as won,
    sum(is_expired) as expired,
    sum(is_stale) as stale,
    sum(is_open_qualified) as open_qualified,
    sum(case when is_won = 1 then coalesce(amount_base, 0.00) else 0.00 end) as won_amount_base,
    sum(case when is_decided = 1 then coalesce(amount_base, 0.00) else 0.00 end)
        as decided_amount_base,
    sum(case when is_decided = 1 and amount_base is null then 1 else 0 end)
        as decided_without_amount
from (
    select
        *,
        case when outcome in ('won', 'lost', 'disqualified') then 1 else 0 end as is_decided,
        case when outcome = 'won' then 1 else 0 end as is_won,
        case when outcome = 'expired' then 1 else 0 end as is_expired,
        case when outcome = 'expired' or is_overdue and outcome = 'open' then 1 else 0 end
            as is_stale,
        case when outcome = 'open' and stage_rank >= 3 then 1 else 0 end as is_open_qualified
    from {{ deals }}
) as deals
group by {{ by }}, highest_rank
{%- endmacro %}

{# Query of the deals of each group that were in a stage, of those that were in the previous stage
   as well, and of the days they spent there: in all stays, in the latest one, in the current one.
   #}
{% macro funnel_touched(visits, group) -%}
{%- set by = group | join(', ') -%}
select
    {{ by }},
    rank,
    count(*) as touched,
    sum(case when rank_before = rank - 1 then 1 else 0 end) as touched_both,
    {%- for name, days in {
        'in_stage': 'days', 'latest_visit': 'latest_days', 'current': 'current_days'
    }.items() %}
    percentile_disc(0.5) within group (order by {{ days }}) as median_days_{{ name }},
    percentile_disc(0.9) within group (order by {{ days }}) as p90_days_{{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from (
    select
        *,
        lag(rank) over (
            partition by {{ by }}, deal_id order by rank
        ) as rank_before
    from (
        select
            {{ by }},
            deal_id,
            stage_rank as rank,
            sum(days_in_stage) as days,
            {{ value_at_lowest('days_in_stage', '-move_no') }} as latest_days,
            max(case when exited_at is null then days_in_stage end) as current_days
        from {{ visits }}
        where stage_rank >= 1
        group by {{ by }}, deal_id, stage_rank
    ) as stages
) as stages
group by {{ by }}, rank
{%- endmacro %}

{# Query of the current stage of each group's deals, and of the last stage of those closed without a
   sale. #}
{% macro funnel_standing(deals, by) -%}
select
    {{ by }},
    stages.rank,
    sum(case when deals.is_open then 1 else 0 end) as open_now,
    sum(case when deals.is_stuck then 1 else 0 end) as stuck_now,
    {%- for exit in ['lost', 'disqualified', 'expired'] %}
    sum(case when deals.outcome = '{{ exit }}' then 1 else 0 end) as {{ exit }}_here{{ ',' if not loop.last }}
    {%- endfor %}
from {{ deals }} as deals
inner join {{ funnel_stages() }} as stages on deals.last_stage = stages.code
group by {{ by }}, stages.rank
{%- endmacro %}
