{# Status of an order as one of the OLTP's known statuses. #}
{% macro order_status_code(status) -%}
    case
        when {{ status }} in (
            'created', 'paid', 'shipped', 'delivered', 'cancelled', 'returned',
            'partially_refunded', 'refunded', 'chargeback', 'test'
        ) then {{ status }}
        else 'unknown'
    end
{%- endmacro %}
