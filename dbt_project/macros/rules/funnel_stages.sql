{# The stages and exits of the selected version of the funnel; an exit has rank 0. #}
{% macro funnel_stages() -%}
    (
        select rank, code, label, probability, stuck_after_days, in_business_days
        from {{ ref('funnel_stages') }}
        where version = {{ var('funnel_stages_version') }}
    )
{%- endmacro %}
