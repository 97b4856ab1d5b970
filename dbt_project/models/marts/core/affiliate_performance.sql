{# Refunds count on the day of their order, so that a day's rates refer to its own orders. #}
with orders_by_day as (
    select
        affiliate_id,
        order_date_local as day,
        sum(case when is_valid_sale then 1 else 0 end) as orders_count,
        sum(case when is_placed_sale then 1 else 0 end) as orders_count_gross,
        sum(case when order_seq = 1 then 1 else 0 end) as new_customers,
        sum(case when order_seq > 1 then 1 else 0 end) as repeat_orders,
        sum(case when is_valid_sale and order_seq is null then 1 else 0 end) as guest_orders,
        max(case when is_placed_sale and is_fx_missing then 1 else 0 end) as lacks_rate,
        sum(case when is_placed_sale then net_amount_base end) as net_amount_base,
        sum(case when is_placed_sale then refund_amount_base end) as refund_amount_base,
        sum(case when is_placed_sale then commission_net_base end) as commission_net_base
    from {{ ref('own_customer_orders') }}
    group by affiliate_id, order_date_local
),

milestones as (
    select
        deals.affiliate_id,
        moments.milestone,
        deals.first_won_at is not null as is_won,
        cast(
            case moments.milestone when 'lead' then deals.lead_at else deals.first_won_at end
            at time zone coalesce(affiliates.time_zone, 'UTC') as date
        ) as day
    from {{ ref('own_deals') }} as deals
    cross join (values ('lead'), ('conversion')) as moments (milestone)
    left join {{ ref('stg_oltp__affiliates') }} as affiliates
        on deals.affiliate_id = affiliates.affiliate_id
),

deals_by_day as (
    select
        affiliate_id,
        day,
        sum(case when milestone = 'lead' then 1 else 0 end) as leads,
        sum(case when milestone = 'lead' and is_won then 1 else 0 end) as leads_won,
        sum(case when milestone = 'conversion' then 1 else 0 end) as conversions
    from milestones
    where day is not null
    group by affiliate_id, day
),

days as (
    select
        coalesce(orders_by_day.affiliate_id, deals_by_day.affiliate_id) as affiliate_id,
        coalesce(orders_by_day.day, deals_by_day.day) as day,
        coalesce(orders_by_day.orders_count, 0) as orders_count,
        coalesce(orders_by_day.orders_count_gross, 0) as orders_count_gross,
        coalesce(orders_by_day.new_customers, 0) as new_customers,
        coalesce(orders_by_day.repeat_orders, 0) as repeat_orders,
        coalesce(orders_by_day.guest_orders, 0) as guest_orders,
        -- a sum with a missing part is null
        case
            when coalesce(orders_by_day.lacks_rate, 0) = 0
                then coalesce(orders_by_day.net_amount_base, 0.00)
        end as net_amount_base,
        case
            when coalesce(orders_by_day.lacks_rate, 0) = 0
                then coalesce(orders_by_day.refund_amount_base, 0.00)
        end as refund_amount_base,
        case when orders_by_day.lacks_rate = 0 then orders_by_day.commission_net_base end
            as commission_net_base,
        coalesce(deals_by_day.leads, 0) as leads,
        coalesce(deals_by_day.leads_won, 0) as leads_won,
        coalesce(deals_by_day.conversions, 0) as conversions
    from orders_by_day
    full outer join deals_by_day
        on
            orders_by_day.affiliate_id = deals_by_day.affiliate_id
            and orders_by_day.day = deals_by_day.day
)

select
    cast(affiliate_id as bigint) as affiliate_id,
    cast(day as date) as day,
    cast(orders_count as integer) as orders_count,
    cast(orders_count_gross as integer) as orders_count_gross,
    cast(new_customers as integer) as new_customers,
    cast(repeat_orders as integer) as repeat_orders,
    cast(guest_orders as integer) as guest_orders,
    cast(net_amount_base + refund_amount_base as decimal(18, 2)) as merchandise_amount_base,
    cast(refund_amount_base as decimal(18, 2)) as refund_amount_base,
    cast(net_amount_base as decimal(18, 2)) as net_amount_base,
    -- a zero refund divided by a negative total is -0, which DuckDB keeps or not depending on
    -- row order
    {{ ratio('refund_amount_base', '(net_amount_base + refund_amount_base)') }}
    + cast(0 as double precision) as refund_rate,
    {{ ratio('new_customers', 'orders_count') }} as new_customer_share,
    cast(commission_net_base as decimal(18, 2)) as commission_net_base,
    {{ ratio('net_amount_base', 'commission_net_base') }}
    + cast(0 as double precision) as return_on_commission,
    cast(leads as integer) as leads,
    cast(conversions as integer) as conversions,
    {{ ratio('leads_won', 'leads') }} as lead_conversion_rate
from days
where day is not null
