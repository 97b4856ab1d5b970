{# The stage that a sales funnel event enters; null if it enters none. A reopened deal starts again.
   #}
{% macro funnel_stage(event_type) -%}
    case {{ event_type }}
        when 'DealOpened' then 'untouched'
        when 'DealReopened' then 'untouched'
        when 'ContactMade' then 'contact_made'
        when 'LeadQualified' then 'qualified'
        when 'DemoHeld' then 'demo'
        when 'NegotiationStarted' then 'negotiation'
        when 'DealWon' then 'won'
        when 'DealLost' then 'lost'
    end
{%- endmacro %}
