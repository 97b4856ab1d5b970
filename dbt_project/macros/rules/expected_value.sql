{# Expected value of a customer for the next 365 days: the value so far at the same pace, reduced
   the longer the customer has been absent beyond the expected gap. Integers and cents only, so that
   engines agree. #}
{% macro expected_value(worth, observed_days, recency_days, expected_gap_days) -%}
    {%- set away = 'greatest(' ~ recency_days ~ ', 1)' -%}
    {%- set observed = 'greatest(' ~ observed_days ~ ', ' ~ var('ltv_observed_days') ~ ')' -%}
    {{ money_share(
        worth,
        '(365 * least(' ~ away ~ ', ' ~ expected_gap_days ~ '))',
        '(' ~ observed ~ ' * ' ~ away ~ ')'
    ) }}
{%- endmacro %}
