{# The text of a rare tag may be a name or an address, so rare tags are only counted together. #}
with unknown as (
    select
        xref.customer_id,
        tags.affiliate_id,
        tags.affiliate_customer_id,
        substring(tags.tag_key, 5) as tag_text
    from {{ ref('int_tags__intervals') }} as tags
    inner join {{ ref('customer_xref') }} as xref
        on
            tags.affiliate_id = xref.affiliate_id
            and tags.affiliate_customer_id = xref.affiliate_customer_id
    where tags.tag_code is null and tags.removed_at is null
),

counted as (
    select
        tag_text,
        count(distinct customer_id) >= {{ var('tags_to_map_minimum_people') }} as is_frequent
    from unknown
    group by tag_text
)

select
    case when counted.is_frequent then unknown.tag_text end as raw_tag,
    cast(count(distinct unknown.tag_text) as integer) as tags_count,
    cast(count(distinct unknown.customer_id) as integer) as people_count,
    cast(count(distinct unknown.affiliate_id) as integer) as affiliates_count
from unknown
inner join counted on unknown.tag_text = counted.tag_text
group by case when counted.is_frequent then unknown.tag_text end
