{# Product of whole numbers over another product, at least 0, rounded half up to six digits; null if
   that is 0. In whole numbers, because floats differ between engines in the last digit. #}
{% macro exact_ratio(parts, wholes) -%}
    {{ return(adapter.dispatch('exact_ratio')(parts, wholes)) }}
{%- endmacro %}

{% macro default__exact_ratio(parts, wholes) -%}
    {%- set part %}cast({{ parts | join(' as hugeint) * cast(') }} as hugeint){% endset -%}
    {%- set whole %}nullif(cast({{ wholes | join(' as hugeint) * cast(') }} as hugeint), 0){% endset -%}
    cast((2000000 * {{ part }} + {{ whole }}) // (2 * {{ whole }}) as decimal(24, 0))
    * cast(0.000001 as decimal(7, 6))
{%- endmacro %}

{% macro postgres__exact_ratio(parts, wholes) -%}
    {%- set part %}cast({{ parts | join(' as numeric) * cast(') }} as numeric){% endset -%}
    {%- set whole %}nullif(cast({{ wholes | join(' as numeric) * cast(') }} as numeric), 0){% endset -%}
    div(2000000 * {{ part }} + {{ whole }}, 2 * {{ whole }}) * cast(0.000001 as decimal(7, 6))
{%- endmacro %}

{# A decimal with up to six digits as the whole number of its millionths. #}
{% macro millionths(value) -%}
    cast({{ value }} as decimal(24, 6)) * 1000000
{%- endmacro %}
