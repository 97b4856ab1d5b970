{# One value for several columns, to tell a row that changed since; as text. It lasts no longer than
   the tables it is kept in, so every engine may take what it has. #}
{% macro row_digest(columns) -%}
    {{ return(adapter.dispatch('row_digest')(columns)) }}
{%- endmacro %}

{% macro default__row_digest(columns) -%}
    md5(
    {%- for column in columns %}
        coalesce(cast({{ column }} as text), '')
        {%- if not loop.last %} || chr(31) || {% endif %}
    {%- endfor %}
    )
{%- endmacro %}

{# Less than a tenth of the time that md5 takes. #}
{% macro duckdb__row_digest(columns) -%}
    cast(hash({{ columns | join(', ') }}) as text)
{%- endmacro %}
