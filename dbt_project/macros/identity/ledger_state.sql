{# The ledger's tables describe the records of the last build. The next build may continue from them
   if exactly what that build added has been landed since; otherwise it reads the landed rows and
   fills the tables again. `meta.identity_ledger` has one row while continuing is allowed. #}

{# Whether this run continues from the ledger's tables. True while dbt parses, so that dbt sees the
   models that this depends on. #}
{% macro ledger_is_incremental() -%}
    {%- if not execute -%}{{ return(true) }}{%- endif -%}
    {%- if flags.FULL_REFRESH or not identity_is_incremental() -%}{{ return(false) }}{%- endif -%}
    {%- set state = adapter.get_relation(this.database, 'meta', 'identity_ledger') -%}
    {{ return(
        state is not none
        and run_query('select count(*) from ' ~ state).columns[0].values()[0] > 0
    ) }}
{%- endmacro %}

{% macro create_ledger_state() -%}
    {%- do run_query('
        create table if not exists meta.identity_ledger (
            invocation_id text not null, rows_before bigint not null, rows_added bigint not null
        )') -%}
{%- endmacro %}

{# A build for an earlier time does not see all records: neither it nor the next build may continue.
   #}
{% macro purge_ledger_unless_landed() -%}
    {%- do run_query('
        delete from meta.identity_ledger
        where
            rows_before + rows_added <> (' ~ count_all(ledger_sources()) ~ ')
            or rows_added <> (
                ' ~ count_all(ledger_sources(), 'where invocation_id = identity_ledger.invocation_id') ~ '
            )
            or ' ~ is_looking_back()) -%}
{%- endmacro %}

{# After the last model: what the next build must find landed. #}
{% macro record_ledger() -%}
    {%- set added = [
        identity_cache('int_identity__assignment_changes'),
        identity_cache('int_identity__new_events'), identity_cache('int_identity__edge_changes')
    ] -%}
    {%- do run_query('delete from meta.identity_ledger') -%}
    {%- do run_query("
        insert into meta.identity_ledger
        select '" ~ invocation_id ~ "', (" ~ count_all(ledger_sources()) ~ '), ('
        ~ count_all(added) ~ ')
        where not ' ~ is_looking_back()) -%}
{%- endmacro %}

{% macro ledger_sources() -%}
    {{ return([
        source('raw', 'identity_assignments'), source('raw', 'identity_events'),
        source('raw', 'identity_edges')
    ]) }}
{%- endmacro %}

{% macro is_looking_back() -%}
    exists (
        select 1 from {{ source('raw', 'identity_assignments') }}
        where assigned_at > {{ as_of() }}
    )
{%- endmacro %}

{# Query of the rows of several tables together. #}
{% macro count_all(relations, condition='') -%}
    select
    {%- for relation in relations %}
        (select count(*) from {{ relation }} {{ condition }})
        {%- if not loop.last %} + {% endif %}
    {%- endfor %}
{%- endmacro %}
