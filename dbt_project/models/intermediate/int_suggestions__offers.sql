{# All products that an affiliate can suggest, numbered from the best: bought together, popular in a
   category, popular overall. A few rows per affiliate serve many customers. #}
with bought as (
    select
        affiliate_id,
        product_id
    from {{ ref('int_interests__evidence') }}
    where orders > 0 and kept_quantity > 0
),

popular as (
    select
        products.affiliate_id,
        products.product_id,
        products.category,
        count(*) as customers,
        row_number() over (
            partition by products.affiliate_id, products.category
            order by count(*) desc, products.product_id
        ) as place_in_category,
        row_number() over (
            partition by products.affiliate_id order by count(*) desc, products.product_id
        ) as place
    from bought
    inner join {{ ref('int_interests__products') }} as products
        on bought.affiliate_id = products.affiliate_id and bought.product_id = products.product_id
    where products.is_active
    group by products.affiliate_id, products.product_id, products.category
    having count(*) >= {{ var('suggestion_minimum_customers') }}
),

tiers as (
    select
        affiliate_id,
        other_product_id as product_id,
        1 as tier,
        lift as score,
        customers,
        product_id as origin_product_id,
        null as category
    from {{ ref('int_suggestions__co_purchases') }}
    where place <= 2 * {{ var('suggestions_kept') }}
    union all
    {%- for tier, place, category in [
        (2, 'place_in_category', 'category'), (3, 'place', 'null')
    ] %}
    select
        affiliate_id,
        product_id,
        {{ tier }} as tier,
        cast(customers as decimal(18, 6)) as score,
        customers,
        null as origin_product_id,
        {{ category }} as category
    from popular
    where {{ place }} <= 2 * {{ var('suggestions_kept') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    tiers.affiliate_id,
    cast(row_number() over (
        partition by tiers.affiliate_id
        order by
            tiers.tier, tiers.score desc, tiers.customers desc,
            tiers.product_id, tiers.origin_product_id
    ) as integer) as offer_no,
    tiers.tier,
    tiers.origin_product_id,
    tiers.category,
    tiers.product_id,
    cast(tiers.score as decimal(18, 6)) as score,
    tiers.customers,
    case tiers.tier
        when 1 then 'bought with ' || coalesce(origins.sku, 'another product')
        when 2 then 'popular in ' || tiers.category || ', bought'
        else 'popular, bought'
    end || ' by ' || cast(tiers.customers as text) || ' customers' as reason
from tiers
inner join {{ ref('int_interests__products') }} as products
    on
        tiers.affiliate_id = products.affiliate_id
        and tiers.product_id = products.product_id
        and products.is_active
left join {{ ref('int_interests__products') }} as origins
    on
        tiers.affiliate_id = origins.affiliate_id
        and tiers.origin_product_id = origins.product_id
