{# The cadences of the selected version, one row per stage and step. #}
{% macro follow_up_steps() -%}
    (
        select
            cadences.stage,
            cadences.cadence,
            cadences.sla_business_hours,
            steps.step,
            steps.delay_days,
            steps.channel
        from {{ ref('follow_up_cadences') }} as cadences
        inner join {{ ref('follow_up_steps') }} as steps
            on cadences.version = steps.version and cadences.cadence = steps.cadence
        where cadences.version = {{ var('follow_up_cadences_version') }}
    )
{%- endmacro %}

{# Outcomes that show that the customer answered. #}
{% macro is_answer(outcome) -%}
    coalesce({{ outcome }}, '') in ('reached', 'replied', 'meeting_booked')
{%- endmacro %}
