{# Query of the funnel measures, one row per group and stage. `deals` and `visits` are relations
   with the columns of own_deals and own_deal_stage_intervals that are used here, and those of the
   group; a deal is in a group once. #}
{% macro funnel(deals, visits, group) -%}
{%- set by = group | join(', ') -%}
{%- set minimum = var('funnel_minimum_decided') -%}
with groups as (
    select
        {{ by }},
        count(*) as cohort_deals,
        count(case when outcome = 'won' then 1 end) as won,
        {{ money_share("sum(case when outcome = 'won' then amount_base end)", '1',
            "count(case when outcome = 'won' then amount_base end)") }} as average_won_amount_base,
        percentile_disc(0.5) within group (
            order by case when outcome = 'won' then cycle_days end
        ) as median_cycle_days
    from {{ deals }}
    group by {{ by }}
),

-- a stage was reached by all deals whose highest stage is this one or a later one
heights as (
    {{ funnel_heights(deals, by) }}
),

reached as (
    select
        {{ subject_columns(group, 'heights') }},
        stages.rank,
        {%- for count in funnel_counts() %}
        sum(heights.{{ count }}) as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from heights
    inner join {{ funnel_stages() }} as stages on stages.rank between 1 and heights.highest_rank
    group by {{ subject_columns(group, 'heights') }}, stages.rank
),

touched as (
    {{ funnel_touched(visits, group) }}
),

standing as (
    {{ funnel_standing(deals, by) }}
),

measures as (
    select
        {{ subject_columns(group, 'groups') }},
        stages.code as stage,
        stages.rank as stage_rank,
        stages.label as stage_label,
        stages.probability,
        groups.cohort_deals,
        groups.average_won_amount_base,
        groups.median_cycle_days,
        {%- for count in funnel_counts() %}
        coalesce(reached.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        {%- for count in ['touched', 'touched_both'] %}
        coalesce(touched.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        {%- for time in funnel_times() %}
        touched.{{ time }},
        {%- endfor %}
        {%- for count in ['open_now', 'stuck_now', 'lost_here', 'disqualified_here', 'expired_here'] %}
        coalesce(standing.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        {%- for name, count in {
            'reached_before': 'reached.reached_or_beyond',
            'decided_before': 'reached.decided',
            'touched_before': 'touched.touched'
        }.items() %}
        lag({{ count }}) over (
            partition by {{ subject_columns(group, 'groups') }} order by stages.rank
        ) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from groups
    inner join {{ funnel_stages() }} as stages on stages.rank between 1 and 6
    {%- for part in ['reached', 'touched', 'standing'] %}
    left join {{ part }}
        on {{ same_subject(group, 'groups', part) }} and stages.rank = {{ part }}.rank
    {%- endfor %}
)

select
    *,
    case when decided >= {{ minimum }} then {{ rounded_ratio('won', 'decided') }} end as win_rate,
    case
        when decided >= {{ minimum }} and decided_without_amount = 0
            then {{ rounded_ratio('won_amount_base', 'decided_amount_base') }}
    end as win_rate_by_amount,
    case
        when decided + stale >= {{ minimum }} then {{ rounded_ratio('won', '(decided + stale)') }}
    end as win_rate_incl_stale,
    case
        when decided + expired >= {{ var('funnel_observed_minimum') }}
            then {{ rounded_ratio('won', '(decided + expired)') }}
    end as observed_probability
from measures
{%- endmacro %}

{# The counts of deals that reached a stage or a later one. #}
{% macro funnel_counts() -%}
    {{ return([
        'reached_or_beyond', 'decided', 'won', 'expired', 'stale', 'open_qualified',
        'won_amount_base', 'decided_amount_base', 'decided_without_amount'
    ]) }}
{%- endmacro %}

{# The times in a stage, in days. #}
{% macro funnel_times() -%}
    {{ return([
        'median_days_in_stage', 'p90_days_in_stage', 'median_days_latest_visit',
        'p90_days_latest_visit', 'median_days_current', 'p90_days_current'
    ]) }}
{%- endmacro %}
