{# An amount as a whole number of cents, wide enough for products of two amounts (DuckDB only). #}
{% macro cents(amount) -%}
    cast(cast({{ amount }} as decimal(18, 2)) * 100 as hugeint)
{%- endmacro %}
