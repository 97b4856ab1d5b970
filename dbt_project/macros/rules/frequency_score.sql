{# Score 1 to 5 of a number of orders, in fixed bins: most people order once, so ranks would give
   most of them the same score anyway. #}
{% macro frequency_score(orders_count) -%}
    case
        when {{ orders_count }} >= 10 then 5
        when {{ orders_count }} >= 5 then 4
        when {{ orders_count }} >= 3 then 3
        when {{ orders_count }} >= 1 then cast({{ orders_count }} as integer)
    end
{%- endmacro %}
