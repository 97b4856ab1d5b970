{# Names of the columns that both funnel tables have. #}
{% macro funnel_measures() -%}
    {{ return([
        'stage', 'stage_rank', 'stage_label', 'cohort_deals', 'reached_or_beyond', 'touched',
        'open_now', 'stuck_now', 'decided', 'won', 'stale', 'lost_here', 'disqualified_here',
        'expired_here', 'conversion', 'conversion_from_entry', 'conversion_decided',
        'conversion_touched'
    ] + funnel_times() + [
        'win_rate', 'win_rate_by_amount', 'win_rate_incl_stale', 'probability',
        'observed_probability', 'open_qualified', 'average_won_amount_base', 'median_cycle_days',
        'velocity_base_per_day'
    ]) }}
{%- endmacro %}
