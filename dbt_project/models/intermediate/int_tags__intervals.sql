{# Rows that give a record the same tag at overlapping times are one interval; if the tag is removed
   and given again, a new one starts. Two rows on one day count as one assignment. #}
{%- set of_the_tag = 'partition by affiliate_id, affiliate_customer_id, tag_key' -%}
{%- set in_order = of_the_tag ~ ' order by given_at, landed_seq, tag_id' -%}

with given as (
    select
        tags.tag_id,
        tags.landed_seq,
        tags.affiliate_id,
        tags.affiliate_customer_id,
        trim(tags.tag) as typed,
        {{ tag_text('tags.tag') }} as tag_text,
        case
            when lower(trim(tags.source)) in ('affiliate', 'system', 'inferred', 'import')
                then lower(trim(tags.source))
            when tags.source is null then 'affiliate'
            else 'other'
        end as source,
        tags.given_at,
        case when tags.updated_at <= {{ as_of() }} then tags.updated_at end as updated_at,
        tags.removed_at
    from {{ ref('stg_oltp__affiliate_customer_tags') }} as tags
    inner join {{ known_records() }} as records
        on
            tags.affiliate_id = records.affiliate_id
            and tags.affiliate_customer_id = records.affiliate_customer_id
    where tags.given_at <= {{ as_of() }}
),

looked_up as (
    select
        given.*,
        taxonomy.code,
        taxonomy.tag_group,
        taxonomy.label,
        taxonomy.sensitivity,
        nullif(taxonomy.category, '') as category,
        coalesce(taxonomy.code, 'raw:' || given.tag_text) as tag_key
    from given
    left join {{ ref('tag_taxonomy') }} as taxonomy on given.tag_text = taxonomy.raw
    where given.tag_text <> ''
),

covered as (
    select
        *,
        max(coalesce(removed_at, cast('9999-12-31' as timestamptz))) over (
            {{ in_order }} rows between unbounded preceding and 1 preceding
        ) as covered_until,
        row_number() over (
            {{ of_the_tag }}, {{ utc_date('given_at') }} order by given_at, landed_seq, tag_id
        ) as place_of_day,
        row_number() over (
            {{ of_the_tag }} order by given_at desc, landed_seq desc, tag_id desc
        ) as newness
    from looked_up
),

numbered as (
    select
        *,
        sum(case when covered_until >= given_at then 0 else 1 end) over (
            {{ in_order }} rows between unbounded preceding and current row
        ) as interval_no
    from covered
)

select
    affiliate_id,
    affiliate_customer_id,
    tag_key,
    cast(interval_no as integer) as interval_no,
    code as tag_code,
    tag_group,
    label as tag_label,
    sensitivity,
    category,
    case when code is null then {{ value_at_lowest('typed', 'newness') }} end as raw_tag,
    {{ value_at_lowest('source', 'newness') }} as source,
    min(given_at) as started_at,
    max(greatest(given_at, updated_at)) as last_seen_at,
    cast(sum(case when place_of_day = 1 then 1 else 0 end) as integer) as assigned_count,
    case when count(removed_at) = count(*) then max(removed_at) end as removed_at
from numbered
group by
    affiliate_id, affiliate_customer_id, tag_key, interval_no,
    code, tag_group, label, sensitivity, category
