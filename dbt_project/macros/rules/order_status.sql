{# List for `in`: statuses of orders that were paid, whatever was refunded later; of fully refunded
   orders; and of orders that earn no commission. #}
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
