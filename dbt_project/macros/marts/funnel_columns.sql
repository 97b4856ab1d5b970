{# The measures as the funnel tables have them. Velocity is what the open deals are expected to
   bring per day; it is null if one of its parts is. #}
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
