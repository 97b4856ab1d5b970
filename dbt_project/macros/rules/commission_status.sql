{# Where the commission on an order stands at as_of; null where none was agreed. What came back after
   the hold is a claw-back: it may have been paid out already, which no source tells. #}
{% macro commission_status(orders) -%}
    case
        when {{ orders }}.commission_gross is null then null
        when {{ orders }}.status = 'created' then 'pending'
        when {{ orders }}.status = 'cancelled' then 'reversed'
        when {{ orders }}.is_given_back and {{ orders }}.first_refunded_at > {{ orders }}.hold_until
            then 'clawback'
        when {{ orders }}.is_given_back then 'reversed'
        when {{ as_of() }} < {{ orders }}.hold_until then 'approved'
        else 'payable'
    end
{%- endmacro %}
