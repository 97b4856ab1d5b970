{# Weights and half-lives: a view 1 and 14 days, an order 5 and 90 days, a return -5 and 90 days.
   A product counts at most 5 views a day and a line at most 5 pieces, so that a page left to reload
   or a bulk buy does not drown the rest. #}
{%- set age_days = days_between('happened_at', as_of()) %}

with visits as (
    select
        visits.customer_id,
        visits.affiliate_id,
        visits.product_id,
        least(count(*), 5) as amount,
        max(visits.visited_at) as happened_at
    from {{ ref('int_visits__customer_visits') }} as visits
    group by
        visits.customer_id,
        visits.affiliate_id,
        visits.product_id,
        {{ utc_date('visits.visited_at') }}
),

happenings as (
    select
        customer_id,
        affiliate_id,
        product_id,
        'view' as kind,
        amount,
        happened_at
    from visits
    union all
    select
        customer_id,
        affiliate_id,
        product_id,
        'order' as kind,
        least(quantity, 5) as amount,
        ordered_at as happened_at
    from {{ ref('customer_order_items') }}
    where customer_id is not null and is_valid_sale and quantity > 0
    union all
    select
        customer_id,
        affiliate_id,
        product_id,
        'return' as kind,
        least(refunded_quantity, 5) as amount,
        ordered_at as happened_at
    from {{ ref('customer_order_items') }}
    where customer_id is not null and is_valid_sale and refunded_quantity > 0
),

weighted as (
    select
        happenings.*,
        lower(trim(products.category)) as category,
        trim(products.brand) as brand,
        case kind
            when 'view' then {{ decay('1', age_days, '14') }}
            when 'order' then {{ decay('5', age_days, '90') }}
            else {{ decay('-5', age_days, '90') }}
        end as unit_weight
    from happenings
    inner join {{ ref('stg_oltp__products') }} as products
        on
            happenings.product_id = products.product_id
            and happenings.affiliate_id = products.affiliate_id
),

dimensions as (
    select
        'category' as dimension,
        category as value,
        weighted.*
    from weighted
    union all
    select
        'brand' as dimension,
        brand as value,
        weighted.*
    from weighted
)

select
    customer_id,
    dimension,
    value,
    happened_at,
    cast(amount * unit_weight as decimal(18, 6)) as weight,
    case when kind = 'view' then amount else 0 end as views,
    case when kind = 'order' then 1 else 0 end as orders,
    case when kind = 'return' then 1 else 0 end as returns
from dimensions
where value <> ''
