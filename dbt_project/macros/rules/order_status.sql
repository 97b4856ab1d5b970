{# List for `in` of the statuses of orders that were paid, whatever came back later; of those that
   came back as a whole; and of those that no commission can come from. #}
{% macro order_status(kind) -%}
    {%- set lists = {
        'placed': [
            'paid', 'shipped', 'delivered',
            'partially_refunded', 'refunded', 'returned', 'chargeback'
        ],
        'given_back': ['refunded', 'returned', 'chargeback'],
        'no_deal': ['test', 'unknown'],
    } -%}
    ('{{ lists[kind] | join("', '") }}')
{%- endmacro %}
