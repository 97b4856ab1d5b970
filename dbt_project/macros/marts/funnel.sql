{# Query of the measures of the funnel, one row per group and stage. `deals` and `visits` are relations
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

-- what came as far as a stage is what came as far as any stage from it on
heights as (
    {{ funnel_heights(deals, by) }}
),

reached as (
    select
        {%- for column in group %}
        heights.{{ column }},
        {%- endfor %}
        stages.rank,
        {%- for count in funnel_counts() %}
        sum(heights.{{ count }}) as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from heights
    inner join {{ funnel_stages() }} as stages on stages.rank between 1 and heights.highest_rank
    group by {% for column in group %}heights.{{ column }}, {% endfor %}stages.rank
),

touched as (
    {{ funnel_touched(visits, group) }}
),

standing as (
    {{ funnel_standing(deals, by) }}
),

measures as (
    select
        {%- for column in group %}
        groups.{{ column }},
        {%- endfor %}
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
        lag(reached.reached_or_beyond) over (
            partition by {% for column in group %}groups.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
            order by stages.rank
        ) as reached_before,
        lag(reached.decided) over (
            partition by {% for column in group %}groups.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
            order by stages.rank
        ) as decided_before,
        lag(touched.touched) over (
            partition by {% for column in group %}groups.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
            order by stages.rank
        ) as touched_before
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

{# The counts of deals that came to a stage or beyond. #}
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

{# The measures as they stand in the tables of the funnel. Velocity is what the open deals bring a day
   at the pace so far; without one of its parts there is none. #}
{% macro funnel_columns() -%}
    cast(stage as text) as stage,
    cast(stage_rank as integer) as stage_rank,
    cast(stage_label as text) as stage_label,
    cast(cohort_deals as integer) as cohort_deals,
    {%- for count in [
        'reached_or_beyond', 'touched', 'open_now', 'stuck_now', 'decided', 'won', 'stale',
        'lost_here', 'disqualified_here', 'expired_here'
    ] %}
    cast({{ count }} as integer) as {{ count }},
    {%- endfor %}
    {%- for name, parts in {
        'conversion': ['reached_or_beyond', 'reached_before'],
        'conversion_from_entry': ['reached_or_beyond', 'cohort_deals'],
        'conversion_decided': ['decided', 'decided_before'],
        'conversion_touched': ['touched_both', 'touched_before']
    }.items() %}
    cast({{ rounded_ratio(parts[0], parts[1]) }} as decimal(9, 6)) as {{ name }},
    {%- endfor %}
    {%- for time in funnel_times() %}
    cast({{ time }} as decimal(12, 2)) as {{ time }},
    {%- endfor %}
    {%- for rate in ['win_rate', 'win_rate_by_amount', 'win_rate_incl_stale'] %}
    cast({{ rate }} as decimal(9, 6)) as {{ rate }},
    {%- endfor %}
    cast(probability as decimal(5, 4)) as probability,
    cast(observed_probability as decimal(9, 6)) as observed_probability,
    cast(open_qualified as integer) as open_qualified,
    cast(average_won_amount_base as decimal(18, 2)) as average_won_amount_base,
    cast(median_cycle_days as decimal(12, 2)) as median_cycle_days,
    cast(
        cast(floor(100 * (
            cast(open_qualified as double precision) * cast(win_rate as double precision)
            * {{ ratio('average_won_amount_base', 'median_cycle_days') }}
        ) + 0.5) as bigint) * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
    ) as velocity_base_per_day
{%- endmacro %}
