{# A model whose rows come from a graph algorithm: its SQL selects the edges, and the macro named by
   `algorithm` turns them into rows, one table per round. Loops instead of recursive CTEs, because
   engines limit those in depth and rows. With `keeps_rows`, rows are replaced as in an incremental
   model: a pre-hook deletes, new ones are appended. #}
{% materialization graph, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set keeps_rows = existing is not none and config.get('keeps_rows', false) and identity_is_incremental() -%}
    {%- set work = graph_work_tables() -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do run_all([remake(work.edges, sql)]) -%}
    {%- do context[config.require('algorithm')](work) -%}

    {%- if keeps_rows -%}
        {% call statement('main') -%}
            insert into {{ target_relation }} select * from {{ work.result }}
        {%- endcall %}
    {%- else -%}
        {%- if existing is not none -%}{%- do adapter.drop_relation(existing) -%}{%- endif -%}
        {% call statement('main') -%}
            create table {{ target_relation }} as select * from {{ work.result }}
        {%- endcall %}
    {%- endif -%}
    {%- do drop_tables(work.values()) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Names of the work tables of an algorithm: real tables beside the model, because a temporary table
   belongs to one connection. #}
{% macro graph_work_tables() -%}
    {%- set names = {} -%}
    {%- for role in ['edges', 'nodes', 'arcs', 'links', 'labels', 'origins', 'moves', 'next', 'result'] -%}
        {%- do names.update({role: this.incorporate(path={'identifier': this.identifier ~ '__' ~ role})}) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{% macro drop_tables(relations) -%}
    {%- set statements = [] -%}
    {%- for relation in relations -%}
        {%- do statements.append('drop table if exists ' ~ relation) -%}
    {%- endfor -%}
    {%- do run_all(statements) -%}
{%- endmacro %}

{# Statements that create a work table from a query, replacing an existing one. #}
{% macro remake(relation, query) -%}
    {{ return('drop table if exists ' ~ relation ~ ';\ncreate table ' ~ relation ~ ' as ' ~ query) }}
{%- endmacro %}

{# Runs statements in one round trip; returns the single value of the last one if it is a query. #}
{% macro run_all(statements) -%}
    {%- set columns = run_query(statements | join(';\n')).columns -%}
    {{ return(columns[0].values()[0] if columns else none) }}
{%- endmacro %}

{% macro count_rows(relation) -%}
    {{ return('select count(*) from ' ~ relation) }}
{%- endmacro %}
