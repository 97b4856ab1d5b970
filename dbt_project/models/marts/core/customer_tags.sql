{# A tag that the taxonomy does not know is free text and may hold a name; a special tag (health,
   belief, orientation) must not leave its affiliate. Both are excluded. #}
with shared as (
    select * from {{ ref('int_tags__intervals') }}
    where sensitivity = 'normal'
),

tags as (
    {{ tag_summary(person(), 'shared') }}
)

select
    cast(customer_id as text) as customer_id,
    cast(tag_code as text) as tag_code,
    cast(tag_group as text) as tag_group,
    cast(tag_label as text) as tag_label,
    cast(source as text) as source,
    cast(first_seen_at as timestamptz) as first_seen_at,
    cast(last_seen_at as timestamptz) as last_seen_at,
    cast(active_since as timestamptz) as active_since,
    cast(removed_at as timestamptz) as removed_at,
    cast(is_active as boolean) as is_active,
    cast(assigned_count as integer) as assigned_count,
    cast(affiliates_with_tag as integer) as affiliates_with_tag
from tags
