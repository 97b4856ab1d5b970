{# Place of a stage in the funnel: 1 untouched to 6 won, 0 for the exit. #}
{% macro funnel_stage_rank(stage) -%}
    case {{ stage }}
        when 'untouched' then 1
        when 'contact_made' then 2
        when 'qualified' then 3
        when 'demo' then 4
        when 'negotiation' then 5
        when 'won' then 6
        when 'lost' then 0
    end
{%- endmacro %}
