{# amount * part / whole in exact arithmetic, rounded half away from zero to decimal(18,2); null if
   whole is 0. DuckDB divides decimals as floats, which rounds half cents wrongly, so it computes in
   whole cents instead. #}
{% macro money_share(amount, part, whole) -%}
    {{ return(adapter.dispatch('money_share')(amount, part, whole)) }}
{%- endmacro %}

{% macro default__money_share(amount, part, whole) -%}
    {%- set product -%}
        ({{ cents(amount) }} * {{ cents(part) }} * sign({{ whole }}))
    {%- endset -%}
    {%- set size -%} nullif(abs({{ cents(whole) }}), 0) {%- endset -%}
    {#- division of wide integers is many times slower, and almost no amount needs it -#}
    {%- set rounded -%}
        case
            when abs({{ product }}) < 2000000000000000000 and {{ size }} < 1000000000000000000
                then (2 * cast(abs({{ product }}) as bigint) + cast({{ size }} as bigint))
                    // (2 * cast({{ size }} as bigint))
            else (2 * abs({{ product }}) + {{ size }}) // (2 * {{ size }})
        end
    {%- endset -%}
    cast(sign({{ product }}) * {{ rounded }} as decimal(18, 0)) * cast(0.01 as decimal(3, 2))
{%- endmacro %}

{% macro postgres__money_share(amount, part, whole) -%}
    round({{ amount }} * {{ part }} / nullif(cast({{ whole }} as numeric), 0), 2)
{%- endmacro %}
