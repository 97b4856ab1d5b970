{# A table on DuckDB, replaced within one transaction: readers see either the old rows or all new
   ones, and a failed model leaves the table unchanged. dbt-duckdb's own materialization needs
   several more statements (build under another name, rename twice, drop) because other engines and
   DuckDB's foreign keys may require them. Does not support indexes or constraints other than not
   null. #}
{% materialization table, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {%- if existing is not none -%}
            drop {{ existing.type }} if exists {{ existing }};
        {%- endif %}
        {{ create_table_as(False, target_relation, compiled_code) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
