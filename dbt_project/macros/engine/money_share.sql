{# amount * part / whole in exact arithmetic, rounded half away from zero to decimal(18,2); null if
   whole is 0. DuckDB divides decimals as floats, which puts half cents on the wrong side: it
   computes in whole cents instead. #}
{% macro money_share(amount, part, whole) -%}
    {{ return(adapter.dispatch('money_share')(amount, part, whole)) }}
{%- endmacro %}

{% macro default__money_share(amount, part, whole) -%}
    {%- set product -%}
        ({{ cents(amount) }} * {{ cents(part) }} * sign({{ whole }}))
    {%- endset -%}
    {%- set size -%} nullif(abs({{ cents(whole) }}), 0) {%- endset -%}
    cast(
        sign({{ product }}) * ((2 * abs({{ product }}) + {{ size }}) // (2 * {{ size }}))
        as decimal(18, 0)
    ) * cast(0.01 as decimal(3, 2))
{%- endmacro %}

{% macro postgres__money_share(amount, part, whole) -%}
    round({{ amount }} * {{ part }} / nullif(cast({{ whole }} as numeric), 0), 2)
{%- endmacro %}
