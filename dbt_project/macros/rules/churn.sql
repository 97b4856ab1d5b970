{# Churn risk: days since the last order compared with the expected gap. A gap is the time between
   two order days of the customer, or of others if it has too few. #}
{% macro churn_risk(recency_days, expected_gap_days) -%}
    case
        when {{ recency_days }} is null then 'none'
        when {{ recency_days }} < {{ expected_gap_days }} then 'active'
        when {{ recency_days }} < 2 * {{ expected_gap_days }} then 'watch'
        when {{ recency_days }} < 3 * {{ expected_gap_days }} then 'at_risk'
        else 'lost'
    end
{%- endmacro %}

{# The first stage that applies. #}
{% macro lifecycle_stage(recency_days, expected_gap_days, days_since_first_order, last_gap_days) -%}
    case
        when {{ recency_days }} is null then 'prospect'
        when {{ days_since_first_order }} <= 30 then 'new'
        when {{ recency_days }} <= 30 and {{ last_gap_days }} >= {{ var('reactivation_gap_days') }}
            then 'reactivated'
        when {{ recency_days }} < {{ expected_gap_days }} then 'active'
        when {{ recency_days }} < 2 * {{ expected_gap_days }} then 'at_risk'
        when {{ recency_days }} < 3 * {{ expected_gap_days }} then 'lapsed'
        else 'churned'
    end
{%- endmacro %}
