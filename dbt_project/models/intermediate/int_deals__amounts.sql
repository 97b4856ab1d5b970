{# A deal is worth its order's amount; otherwise the latest stated amount; otherwise the average
   order value of the affiliate's customers. The exchange rate is that of the day of the order or
   statement. #}
with known as (
    select
        affiliate_id,
        deal_id,
        kind,
        amount,
        currency,
        happened_at,
        row_number() over (
            partition by affiliate_id, deal_id
            order by case when kind = 'order' then 0 else 1 end, {{ deal_order_backwards() }}
        ) as newness
    from {{ ref('int_deals__signals') }}
    where amount is not null
),

tickets as (
    select
        orders.affiliate_id,
        orders.currency,
        {{ money_share('sum(orders.net_amount)', '1', 'count(*)') }} as amount
    from {{ ref('own_customer_orders') }} as orders
    inner join {{ ref('stg_oltp__affiliates') }} as affiliates
        on
            orders.affiliate_id = affiliates.affiliate_id
            and orders.currency = affiliates.currency
    where orders.is_valid_sale
    group by orders.affiliate_id, orders.currency
),

amounts as (
    select
        roster.affiliate_id,
        roster.deal_id,
        coalesce(known.amount, tickets.amount) as amount,
        case when known.amount is null then tickets.currency else known.currency end as currency,
        case
            when known.kind = 'order' then 'order'
            when known.kind is not null then 'event'
            when tickets.amount is not null then 'average_ticket'
            else 'none'
        end as amount_source,
        cast(
            coalesce(known.happened_at, {{ as_of() }})
            at time zone coalesce(affiliates.time_zone, 'UTC') as date
        ) as day
    from {{ ref('int_deals__roster') }} as roster
    left join known
        on
            roster.affiliate_id = known.affiliate_id
            and roster.deal_id = known.deal_id
            and known.newness = 1
    left join tickets on roster.affiliate_id = tickets.affiliate_id
    left join {{ ref('stg_oltp__affiliates') }} as affiliates
        on roster.affiliate_id = affiliates.affiliate_id
),

rates as (
    {{ rates_of_days('amounts') }}
)

select
    amounts.affiliate_id,
    amounts.deal_id,
    cast(amounts.amount as decimal(18, 2)) as amount,
    amounts.currency,
    amounts.amount_source,
    {{ in_reporting_currency('amounts.amount', 'rates.rate') }} as amount_base
from amounts
left join rates on amounts.currency = rates.currency and amounts.day = rates.day
