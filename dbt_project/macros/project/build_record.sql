{# `meta.build` holds one row while the marts are those of one complete and tested build, and none
   otherwise: a release is made from such marts only. #}

{# Before the first model: the warehouse no longer holds one complete build. #}
{% macro clear_build_record() -%}
    {%- if flags.WHICH in ('build', 'run', 'seed') -%}
        create schema if not exists meta;
        create table if not exists meta.build (
            as_of timestamptz not null,
            landing_position bigint,
            invocation_id text not null
        );
        delete from meta.build
    {%- endif -%}
{%- endmacro %}

{# After the last one: every model was built and nothing failed. #}
{% macro record_build(results) -%}
    {%- if execute and flags.WHICH == 'build' -%}
        {%- set built = results | selectattr('node.resource_type', 'equalto', 'model')
            | selectattr('status', 'equalto', 'success') | list -%}
        {%- set broken = results | rejectattr('status', 'in', [
            'success', 'pass', 'warn', 'no-op'
        ]) | list -%}
        {%- set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
            | rejectattr('config.materialized', 'equalto', 'ephemeral') | list -%}
        {%- if not broken and built | length == models | length -%}
            insert into meta.build
            select
                {{ as_of() }},
                max(seq),
                '{{ invocation_id }}'
            from {{ source('raw', 'loaded_file') }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
