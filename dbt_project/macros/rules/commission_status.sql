{# Status of the commission on an order at as_of; null if none was agreed. A refund after the hold
   period is a clawback: the commission may have been paid out already, which no source states. #}
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
