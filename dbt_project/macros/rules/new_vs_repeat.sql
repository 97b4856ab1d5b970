{# Whether a sale is its customer's first; null for orders outside the sequence. #}
{% macro new_vs_repeat(order_seq) -%}
    case when {{ order_seq }} = 1 then 'new' when {{ order_seq }} > 1 then 'repeat' end
{%- endmacro %}
