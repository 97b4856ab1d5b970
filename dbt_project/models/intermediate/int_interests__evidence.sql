{# What shows an interest, summed per product before it meets dimensions or people. A page left to
   reload or a bulk buy does not drown the rest: views count up to a cap a day, pieces up to a cap an
   order line. What came back takes away what its order gave. #}
{%- set evidence = var('interest_evidence') -%}
{%- set keys = 'affiliate_id, affiliate_customer_id, product_id, category' -%}

with view_days as (
    select
        affiliate_id,
        affiliate_customer_id,
        product_id,
        cast(sum(visits) as integer) as visits,
        cast(least(sum(visits), {{ evidence.view.cap }}) as integer) as views,
        {{ decay(age_in_days('day'), evidence.view.half_life_days) }} as decay,
        min(first_at) as first_at,
        max(last_at) as last_at
    from {{ ref('int_visits__days') }}
    where product_id is not null
    group by affiliate_id, affiliate_customer_id, product_id, day
),

sold as (
    {{ sold_pieces() }}
),

pieces as (
    select
        affiliate_id,
        affiliate_customer_id,
        product_id,
        cast(null as text) as category,
        visits,
        views,
        0 as orders,
        0 as tags,
        0 as returns,
        0 as kept_quantity,
        cast({{ evidence.view.weight }} * views * decay as decimal(18, 9)) as weight,
        first_at,
        last_at,
        last_at as last_visited_at,
        cast(null as timestamptz) as last_ordered_at
    from view_days
    union all
    select
        affiliate_id,
        affiliate_customer_id,
        product_id,
        null as category,
        0 as visits,
        0 as views,
        1 as orders,
        0 as tags,
        case when returned > 0 then 1 else 0 end as returns,
        quantity - returned as kept_quantity,
        cast(
            {{ evidence.order.weight }} * least(quantity, {{ evidence.order.cap }})
            * {{ decay('age_days', evidence.order.half_life_days) }}
            + {{ evidence.return.weight }} * least(returned, {{ evidence.return.cap }})
            * {{ decay('age_days', evidence.return.half_life_days) }}
            as decimal(18, 9)
        ) as weight,
        ordered_at as first_at,
        ordered_at as last_at,
        null as last_visited_at,
        ordered_at as last_ordered_at
    from sold
    union all
    select
        affiliate_id,
        affiliate_customer_id,
        null as product_id,
        category,
        0 as visits,
        0 as views,
        0 as orders,
        1 as tags,
        0 as returns,
        0 as kept_quantity,
        cast(
            {{ evidence.tag.weight }}
            * {{ decay(age_in_days(utc_date('started_at')), evidence.tag.half_life_days) }}
            as decimal(18, 9)
        ) as weight,
        started_at as first_at,
        started_at as last_at,
        null as last_visited_at,
        null as last_ordered_at
    from {{ ref('int_tags__intervals') }}
    where removed_at is null and sensitivity = 'normal' and category is not null
),

sums as (
    select
        {{ keys }},
        cast(sum(visits) as integer) as visits,
        cast(sum(views) as integer) as views,
        cast(sum(orders) as integer) as orders,
        cast(sum(tags) as integer) as tags,
        cast(sum(returns) as integer) as returns,
        cast(sum(kept_quantity) as bigint) as kept_quantity,
        cast(sum(weight) as decimal(18, 9)) as weight,
        min(first_at) as first_at,
        max(last_at) as last_at,
        max(last_visited_at) as last_visited_at,
        max(last_ordered_at) as last_ordered_at
    from pieces
    group by {{ keys }}
)

select
    sums.affiliate_id,
    sums.affiliate_customer_id,
    sums.product_id,
    coalesce(products.category, sums.category) as category,
    products.brand,
    products.price_band,
    sums.visits,
    sums.views,
    sums.orders,
    sums.tags,
    sums.returns,
    sums.kept_quantity,
    sums.weight,
    sums.first_at,
    sums.last_at,
    sums.last_visited_at,
    sums.last_ordered_at,
    case
        when products.product_id is not null
            then cast(row_number() over (
                partition by sums.affiliate_id, sums.affiliate_customer_id
                order by
                    case when products.product_id is null then 1 else 0 end,
                    sums.weight desc, sums.last_at desc, sums.product_id
            ) as integer)
    end as product_place
from sums
left join {{ ref('int_interests__products') }} as products
    on sums.affiliate_id = products.affiliate_id and sums.product_id = products.product_id
