{# A deletion lands without a time: the row is considered deleted when the landing that no longer
   contains it was made, even if that is the landing of the run whose as_of is just before it. #}
{%- set versions_of_a_row = 'partition by versions.id, versions._source order by versions._seq' -%}

with landings as (
    select
        seq,
        min(landed_at) as landed_at
    from {{ source('raw', 'loaded_file') }}
    group by seq
),

versions as (
    select
        versions.*,
        coalesce(lag(versions._op) over ({{ versions_of_a_row }}) = 'upsert', false) as is_change,
        lead(versions._op) over ({{ versions_of_a_row }}) as next_op,
        lead(versions._seq) over ({{ versions_of_a_row }}) as next_seq,
        lead(versions.updated_at) over ({{ versions_of_a_row }}) as next_updated_at
    from {{ source('raw', 'oltp_affiliate_customer_tag') }} as versions
    left join {{ known_landings() }} as landings on versions._source = landings.source
    where versions._op <> 'delete' or {{ was_missed('versions', 'landings') }}
)

select
    -- ids
    versions.id as tag_id,
    versions.affiliate_id,
    versions.affiliate_customer_id,
    -- strings
    versions.tag,
    versions.source,
    versions._issues as unreadable_columns,
    -- numerics
    versions._seq as landed_seq,
    -- timestamps
    case when versions.is_change then versions.updated_at else versions.created_at end as given_at,
    case
        when versions.next_op = 'upsert' and versions.next_updated_at <= {{ as_of() }}
            then versions.next_updated_at
        when versions.next_op = 'delete' then least(landings.landed_at, {{ as_of() }})
    end as removed_at,
    versions.created_at,
    versions.updated_at
from versions
left join landings on versions.next_seq = landings.seq and versions.next_op = 'delete'
where versions._op <> 'delete'
