{# Consecutive versions with one status are one interval. Sources may state times that go backwards:
   a later version takes effect no earlier than the version it replaces. #}
{%- set in_order = 'partition by affiliate_id, order_id order by landed_seq' -%}
{%- set so_far = in_order ~ ' rows between unbounded preceding' -%}

with changes as (
    select
        affiliate_id,
        order_id,
        landed_seq,
        stated_at,
        {{ channel_code('status') }} as status_raw,
        {{ order_status_code('status') }} as status
    from {{ ref('stg_oltp__order_versions') }}
    where
        not has_previous
        or {{ channel_code('status') }} is distinct from {{ channel_code('previous_status') }}
),

intervals as (
    select
        *,
        row_number() over ({{ so_far }} and current row) as interval_no,
        max(stated_at) over ({{ so_far }} and current row) as valid_from,
        max(stated_at) over ({{ so_far }} and 1 following) as next_valid_from,
        lead(landed_seq) over ({{ in_order }}) is null as is_current
    from changes
)

select
    cast(orders.affiliate_id as bigint) as affiliate_id,
    cast(orders.order_id as bigint) as order_id,
    cast(intervals.interval_no as integer) as interval_no,
    cast(orders.affiliate_customer_id as bigint) as affiliate_customer_id,
    cast(intervals.status_raw as text) as status_raw,
    cast(intervals.status as text) as status,
    cast(intervals.valid_from as timestamptz) as valid_from,
    cast(
        case when not intervals.is_current then intervals.next_valid_from end as timestamptz
    ) as valid_to,
    cast(intervals.is_current as boolean) as is_current
from intervals
inner join {{ ref('own_customer_orders') }} as orders
    on intervals.affiliate_id = orders.affiliate_id and intervals.order_id = orders.order_id
