with tags as (
    {{ tag_summary(record(), ref('int_tags__intervals')) }}
)

select
    cast(affiliate_id as bigint) as affiliate_id,
    cast(affiliate_customer_id as bigint) as affiliate_customer_id,
    cast(tag_key as text) as tag_key,
    cast(tag_code as text) as tag_code,
    cast(tag_group as text) as tag_group,
    cast(tag_label as text) as tag_label,
    cast(sensitivity as text) as sensitivity,
    cast(raw_tag as text) as raw_tag,
    cast(source as text) as source,
    cast(first_seen_at as timestamptz) as first_seen_at,
    cast(last_seen_at as timestamptz) as last_seen_at,
    cast(active_since as timestamptz) as active_since,
    cast(removed_at as timestamptz) as removed_at,
    cast(is_active as boolean) as is_active,
    cast(assigned_count as integer) as assigned_count
from tags
