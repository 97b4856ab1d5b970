{# The landed versions of each row of an OLTP table that were known at as_of, numbered from the one
   that held then: what the source had said by as_of, the newest landing first. A row of which only
   later versions landed held something by as_of if it was there: the oldest of them stands for it.
   A row made after as_of has none. A key means a row within its source only: two sources may hold
   the same one. It stands before the source because PostgreSQL sorts by both, and numbers compare
   faster. #}
{% macro known_versions(relation, key, with_next_op=false) -%}
    {%- set of_the_row = 'partition by ' ~ key ~ ', _source order by _recency desc' -%}
    select
        *,
        {%- if with_next_op %}
        lag(_op) over ({{ of_the_row }}) as _next_op,
        {%- endif %}
        row_number() over ({{ of_the_row }}) as _version
    from (
        select
            versions.*,
            case when {{ was_said('versions') }} then 1 else -1 end * versions._seq as _recency
        from {{ relation }} as versions
        left join {{ known_landings() }} as landings on versions._source = landings.source
        where
            case
                when versions._op = 'delete' then {{ was_missed('versions', 'landings') }}
                else {{ was_said('versions') }} or versions.created_at <= {{ as_of() }}
            end
    ) as known
{%- endmacro %}

{# Whether the source made a version by as_of. A version without an instant was always there. #}
{% macro was_said(version) -%}
    coalesce({{ version }}.updated_at, {{ version }}.created_at, {{ as_of() }}) <= {{ as_of() }}
{%- endmacro %}

{# The last landing of each source whose deletes count. A delete has no instant: it happened between
   the landing that misses the row and the one before. as_of lies before the landing of its own run,
   so that is the first one after it. Whatever a later one misses was still there. #}
{% macro known_landings() -%}
    (
        select
            source,
            coalesce(
                min(case when landed_at > {{ as_of() }} then seq end), max(seq)
            ) as last_seq
        from {{ source('raw', 'loaded_file') }}
        where path like 'oltp/%'
        group by source
    )
{%- endmacro %}

{# Whether a deleted row was gone at as_of. #}
{% macro was_missed(version, landings) -%}
    coalesce({{ version }}._seq <= {{ landings }}.last_seq, true)
{%- endmacro %}
