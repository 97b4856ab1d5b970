{# Events from the source take precedence over what the customer does: an order wins only a deal
   that the source left open, and of several deals of a customer the one with the latest event. #}
with last_reported as (
    select
        *,
        row_number() over (
            partition by affiliate_id, affiliate_customer_id
            order by happened_at desc, {{ binary_order('deal_id') }}
        ) as deal_place
    from (
        select
            *,
            row_number() over (
                partition by affiliate_id, deal_id order by {{ deal_order_backwards() }}
            ) as newness
        from {{ ref('int_deals__reported_stages') }}
        where stage is not null
    ) as steps
    where newness = 1
),

-- an order may be older than its customer's record
sales as (
    select
        roster.affiliate_id,
        roster.deal_id,
        roster.affiliate_customer_id,
        min(orders.order_seq) as order_seq
    from {{ ref('int_deals__roster') }} as roster
    left join last_reported
        on
            roster.affiliate_id = last_reported.affiliate_id
            and roster.deal_id = last_reported.deal_id
    inner join {{ ref('own_customer_orders') }} as orders
        on
            roster.affiliate_id = orders.affiliate_id
            and roster.affiliate_customer_id = orders.affiliate_customer_id
    where
        orders.order_seq is not null
        and (
            roster.origin = 'records'
            or (
                last_reported.deal_place = 1
                and last_reported.stage_rank between 1 and 5
                and orders.ordered_at > last_reported.happened_at
            )
        )
    group by roster.affiliate_id, roster.deal_id, roster.affiliate_customer_id
)

select
    sales.affiliate_id,
    sales.deal_id,
    orders.ordered_at as happened_at,
    cast(orders.order_id as text) as signal_id,
    orders.net_amount as amount,
    orders.currency
from sales
inner join {{ ref('own_customer_orders') }} as orders
    on
        sales.affiliate_id = orders.affiliate_id
        and sales.affiliate_customer_id = orders.affiliate_customer_id
        and sales.order_seq = orders.order_seq
