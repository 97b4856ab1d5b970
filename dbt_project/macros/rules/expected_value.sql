{# What a customer is expected to be worth in the next 365 days: its worth so far at the same pace,
   and the less likely the longer it has stayed away beyond the expected gap. Whole numbers and cents
   only, so that engines agree. #}
{% macro expected_value(worth, observed_days, recency_days, expected_gap_days) -%}
    {%- set away = 'greatest(' ~ recency_days ~ ', 1)' -%}
    {%- set observed = 'greatest(' ~ observed_days ~ ', ' ~ var('ltv_observed_days') ~ ')' -%}
    {{ money_share(
        worth,
        '(365 * least(' ~ away ~ ', ' ~ expected_gap_days ~ '))',
        '(' ~ observed ~ ' * ' ~ away ~ ')'
    ) }}
{%- endmacro %}
