{# Evidence of interest, summed per product before it is joined with dimensions or people. A page
   that reloads or a bulk purchase must not dominate: views count up to a cap per day, pieces up to
   a cap per order line. Returns take away what their order added. #}
{%- set evidence = var('interest_evidence') -%}
{%- set record = 'affiliate_id, affiliate_customer_id' -%}

with view_days as (
    select
        {{ record }},
        product_id,
        cast(sum(visits) as integer) as visits,
        cast(least(sum(visits), {{ evidence.view.cap }}) as smallint) as views,
        {{ decay(age_in_days('day'), evidence.view.half_life_days) }} as decay,
        min(first_at) as first_at,
        max(last_at) as last_at
    from {{ ref('int_visits__days') }}
    where product_id is not null
    group by {{ record }}, product_id, day
),

visited as (
    select
        {{ record }},
        product_id,
        sum(visits) as visits,
        sum(views) as views,
        sum(cast({{ evidence.view.weight }} * views * decay as decimal(18, 9))) as weight,
        min(first_at) as first_at,
        max(last_at) as last_at
    from view_days
    group by {{ record }}, product_id
),

sold as (
    {{ sold_pieces() }}
),

bought as (
    select
        {{ record }},
        product_id,
        count(*) as orders,
        sum(case when returned > 0 then 1 else 0 end) as returns,
        sum(quantity - returned) as kept_quantity,
        sum(cast(
            {{ evidence.order.weight }} * least(quantity, {{ evidence.order.cap }})
            * {{ decay('age_days', evidence.order.half_life_days) }}
            + {{ evidence.return.weight }} * least(returned, {{ evidence.return.cap }})
            * {{ decay('age_days', evidence.return.half_life_days) }}
            as decimal(18, 9)
        )) as weight,
        min(ordered_at) as first_at,
        max(ordered_at) as last_at
    from sold
    group by {{ record }}, product_id
),

tagged as (
    select
        {{ record }},
        category,
        count(*) as tags,
        sum(cast(
            {{ evidence.tag.weight }}
            * {{ decay(age_in_days(utc_date('started_at')), evidence.tag.half_life_days) }}
            as decimal(18, 9)
        )) as weight,
        min(started_at) as first_at,
        max(started_at) as last_at
    from {{ ref('int_tags__intervals') }}
    where removed_at is null and sensitivity = 'normal' and category is not null
    group by {{ record }}, category
),

sums as (
    select
        coalesce(visited.affiliate_id, bought.affiliate_id) as affiliate_id,
        coalesce(visited.affiliate_customer_id, bought.affiliate_customer_id)
            as affiliate_customer_id,
        coalesce(visited.product_id, bought.product_id) as product_id,
        cast(null as text) as category,
        cast(coalesce(visited.visits, 0) as integer) as visits,
        cast(coalesce(visited.views, 0) as integer) as views,
        cast(coalesce(bought.orders, 0) as integer) as orders,
        0 as tags,
        cast(coalesce(bought.returns, 0) as integer) as returns,
        cast(coalesce(bought.kept_quantity, 0) as bigint) as kept_quantity,
        cast(coalesce(visited.weight, 0) + coalesce(bought.weight, 0) as decimal(18, 9)) as weight,
        least(visited.first_at, bought.first_at) as first_at,
        greatest(visited.last_at, bought.last_at) as last_at,
        visited.last_at as last_visited_at,
        bought.last_at as last_ordered_at
    from visited
    full outer join bought
        on
            visited.affiliate_id = bought.affiliate_id
            and visited.affiliate_customer_id = bought.affiliate_customer_id
            and visited.product_id = bought.product_id
    union all
    select
        {{ record }},
        null as product_id,
        category,
        0 as visits,
        0 as views,
        0 as orders,
        cast(tags as integer) as tags,
        0 as returns,
        0 as kept_quantity,
        cast(weight as decimal(18, 9)) as weight,
        first_at,
        last_at,
        null as last_visited_at,
        null as last_ordered_at
    from tagged
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
