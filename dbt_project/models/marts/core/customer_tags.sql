{# A tag that the taxonomy does not know is free text and may hold a name; a special one (health,
   belief, orientation) must not leave its affiliate. Neither enters. #}
with tags as (
    select
        xref.customer_id,
        tags.affiliate_id,
        trim(regexp_replace({{ fold_text('tags.tag') }}, '[-_ ]+', ' ', 'g')) as raw,
        tags.created_at,
        greatest(tags.created_at, tags.updated_at) as last_seen_at
    from {{ ref('stg_oltp__affiliate_customer_tags') }} as tags
    inner join {{ ref('customer_xref') }} as xref
        on
            tags.affiliate_id = xref.affiliate_id
            and tags.affiliate_customer_id = xref.affiliate_customer_id
    where tags.created_at <= {{ as_of() }}
)

select
    cast(tags.customer_id as text) as customer_id,
    cast(taxonomy.code as text) as tag_code,
    cast(taxonomy.tag_group as text) as tag_group,
    cast(max(taxonomy.label) as text) as tag_label,
    cast(min(tags.created_at) as timestamptz) as first_seen_at,
    cast(least(max(tags.last_seen_at), {{ as_of() }}) as timestamptz) as last_seen_at,
    cast(count(distinct {{ utc_date('tags.created_at') }}) as integer) as assigned_count,
    cast(count(distinct tags.affiliate_id) as integer) as affiliates_with_tag
from tags
inner join {{ ref('tag_taxonomy') }} as taxonomy on tags.raw = taxonomy.raw
where taxonomy.sensitivity = 'normal'
group by tags.customer_id, taxonomy.code, taxonomy.tag_group
