{# Identity processes what changed since the last finished build, and keeps the rest in tables:
   normalised_records, match_records, key_profiles, pair_weights, components and clusters. They are
   only caches: if the last build did not finish or used other rules, they are dropped and
   everything is computed again, with the same result. #}

{# The tables that keep the matching result between runs. #}
{% macro identity_cache_names() -%}
    {{ return([
        'int_identity__match_records', 'int_identity__key_profiles', 'int_identity__pair_weights',
        'int_identity__components', 'int_identity__clusters'
    ]) }}
{%- endmacro %}

{# A table that keeps state, as the last run left it; not by ref(), because it is built later. None
   if there is none. #}
{% macro identity_cache(name) -%}
    {%- if execute -%}
        {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ name] -%}
        {{ return(adapter.get_relation(node.database, node.schema, node.alias)) }}
    {%- endif -%}
{%- endmacro %}

{# Whether this run is incremental. The last cache of the chain decides: it exists once a full run
   has finished. True while dbt parses, so that dbt sees the models that an incremental run depends
   on. #}
{% macro identity_is_incremental() -%}
    {{ return(
        not execute
        or (not flags.FULL_REFRESH and identity_cache('int_identity__clusters') is not none)
    ) }}
{%- endmacro %}

{# Before the first model: drops caches of an unfinished build, or of other rules. #}
{% macro purge_stale_identity_state() -%}
    {%- set rules = identity_rules() -%}
    {%- set selected = selected_resources | select('in', identity_nodes()) | list -%}
    {%- if execute and flags.WHICH in ('build', 'run') and selected -%}
        {%- do run_query('create schema if not exists meta') -%}
        {%- do run_query('create table if not exists meta.identity_rules (rules text not null)') -%}
        {%- set known = run_query('select rules from meta.identity_rules').columns[0].values() -%}
        {%- do create_ledger_state() -%}
        {%- if rules not in known or identity_cache('int_identity__clusters') is none -%}
            {%- do drop_identity_caches() -%}
            {%- do purge_normalised_records(selected) -%}
        {%- endif -%}
        {%- do purge_ledger_unless_landed() -%}
        {%- do run_query('delete from meta.identity_rules') -%}
    {%- endif -%}
{%- endmacro %}

{# Drops the tables that keep state: this run becomes a full run, and so does the ledger. #}
{% macro drop_identity_caches() -%}
    {%- for name in identity_cache_names() -%}{%- do drop_identity_cache(name) -%}{%- endfor -%}
    {%- do run_query('delete from meta.identity_ledger') -%}
{%- endmacro %}

{# Drops the normalised records too, unless this run uses them unchanged. #}
{% macro purge_normalised_records(selected) -%}
    {%- set name = 'int_identity__normalised_records' -%}
    {%- if 'model.' ~ project_name ~ '.' ~ name in selected -%}{%- do drop_identity_cache(name) -%}{%- endif -%}
{%- endmacro %}

{% macro drop_identity_cache(name) -%}
    {%- set cache = identity_cache(name) -%}
    {%- if cache is not none -%}{%- do adapter.drop_relation(cache) -%}{%- endif -%}
{%- endmacro %}

{# After the last model: the caches belong to one finished build. #}
{% macro record_identity(results) -%}
    {%- set rules = identity_rules() -%}
    {%- if execute -%}
        {%- set built = results | selectattr('status', 'equalto', 'success')
            | map(attribute='node.unique_id') | list -%}
        {%- if identity_nodes() | reject('in', built) | list | length == 0 -%}
            {%- do record_ledger() -%}
            insert into meta.identity_rules values ('{{ rules }}')
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# Models from statements to clusters, and those of the ledger that use the last run's state. #}
{% macro identity_nodes() -%}
    {%- set names = identity_cache_names() + [
        'int_identity__restated_records', 'int_identity__normalised_records',
        'int_identity__changed_records', 'int_identity__changed_keys',
        'int_identity__touched_records', 'int_identity__affected_records',
        'int_identity__members', 'int_identity__id_claims', 'int_identity__assignments',
        'int_identity__assignment_changes', 'int_identity__edge_changes',
        'int_identity__new_events', 'identity_edges', 'identity_events', 'customer_xref',
        'customer_xref_history', 'int_identity__customer_attributes', 'identity_review'
    ] -%}
    {%- set nodes = [] -%}
    {%- for name in names -%}{%- do nodes.append('model.' ~ project_name ~ '.' ~ name) -%}{%- endfor -%}
    {{ return(nodes) }}
{%- endmacro %}

{# Fingerprint of everything that affects matching: levels, vetoes, keys and their classes, models,
   seeds and variables. dbt does not show a macro the text of another, so score_pairs and the
   algorithms in macros/identity/graph have a version number instead: raise it when their results
   change. While dbt parses, it sees the seeds that the normaliser reads. #}
{% macro identity_rules() -%}
    {%- set normaliser = normalised_records('records') | replace(as_of(), '') -%}
    {%- set parts = [
        'algorithms 2', identity_levels() | tojson, identity_veto(),
        identity_identifiers() | tojson, identity_blocks() | tojson,
        key_class(), normaliser
    ] -%}
    {%- for node in (graph.nodes if execute else {}).values() | sort(attribute='unique_id')
        if 'identity' in node.name and node.resource_type in ('model', 'seed') -%}
        {%- do parts.append(node.checksum.checksum) -%}
    {%- endfor -%}
    {%- for name in [
        'identity_link_surplus', 'identity_cut_slack', 'identity_component_cap',
        'identity_component_step', 'identity_block_cap', 'identity_rare_cap', 'identity_junk_people',
        'identity_weights_version', 'identity_crowd_records'
    ] -%}
        {%- do parts.append(var(name) | string) -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join('|'))) }}
{%- endmacro %}
