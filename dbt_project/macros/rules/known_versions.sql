{# The landed versions of each row of an OLTP table that were known at as_of, numbered from the one
   valid then: versions stated by as_of, the newest landing first. If only later versions were
   landed of a row that existed by as_of, the oldest of them is used. A row created after as_of has
   no version. A key identifies a row within its source only, because two sources may hold the same
   key. The key comes before the source because PostgreSQL sorts by both, and numbers compare
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
            case when {{ was_stated('versions') }} then 1 else -1 end * versions._seq as _recency
        from {{ relation }} as versions
        left join {{ known_landings() }} as landings on versions._source = landings.source
        where
            case
                when versions._op = 'delete' then {{ was_missed('versions', 'landings') }}
                else {{ was_stated('versions') }} or versions.created_at <= {{ as_of() }}
            end
    ) as known
{%- endmacro %}

{# Whether the source stated a version by as_of. A version without a time always counts. #}
{% macro was_stated(version) -%}
    coalesce({{ version }}.updated_at, {{ version }}.created_at, {{ as_of() }}) <= {{ as_of() }}
{%- endmacro %}

{# The last landing of each source whose deletions count. A deletion has no time: it happened
   between the landing that no longer contains the row and the one before. as_of is before the
   landing of its own run, so that is the first landing after as_of. Rows missing from later
   landings still existed. #}
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
