{# Score 1 to 5 by percent rank. Never ntile, which gives equal rows different scores. #}
{% macro percent_score(order_by, partition_by=none) -%}
    cast(
        1 + least(4, floor(5 * percent_rank() over (
            {%- if partition_by %} partition by {{ partition_by }}{% endif %} order by {{ order_by }}
        )))
        as integer
    )
{%- endmacro %}
