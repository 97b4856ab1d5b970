{# Per customer record, from its affiliate's catalogue and customers alone: what those who bought
   the same also bought, then what is popular in the category of the strongest interest, then what
   is popular. Never what the record bought, returned, or what is not sold any more. #}
{%- set who = 'affiliate_id, affiliate_customer_id' -%}

with bought as (
    select
        affiliate_id,
        affiliate_customer_id,
        product_id,
        kept_quantity,
        row_number() over (
            partition by {{ who }} order by last_ordered_at desc, product_id
        ) as newness
    from {{ ref('int_interests__evidence') }}
    where orders > 0
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
    where bought.kept_quantity > 0 and products.is_active
    group by products.affiliate_id, products.product_id, products.category
    having count(*) >= {{ var('suggestion_minimum_customers') }}
),

candidates as (
    select
        bought.affiliate_id,
        bought.affiliate_customer_id,
        co_purchases.other_product_id as product_id,
        1 as tier,
        co_purchases.lift as score,
        co_purchases.customers,
        bought.product_id as origin_product_id
    from bought
    inner join {{ ref('int_suggestions__co_purchases') }} as co_purchases
        on
            bought.affiliate_id = co_purchases.affiliate_id
            and bought.product_id = co_purchases.product_id
    where
        bought.kept_quantity > 0
        and bought.newness <= {{ var('suggestion_origins') }}
        and co_purchases.place <= 2 * {{ var('suggestions_kept') }}
    union all
    select
        interests.affiliate_id,
        interests.affiliate_customer_id,
        popular.product_id,
        2 as tier,
        cast(popular.customers as decimal(18, 6)) as score,
        popular.customers,
        null as origin_product_id
    from {{ ref('own_customer_interests') }} as interests
    inner join popular
        on
            interests.affiliate_id = popular.affiliate_id
            and interests.value = popular.category
            and popular.place_in_category <= 2 * {{ var('suggestions_kept') }}
    where interests.dimension = 'category' and interests.rank = 1 and interests.score > 0
    union all
    select
        records.affiliate_id,
        records.affiliate_customer_id,
        popular.product_id,
        3 as tier,
        cast(popular.customers as decimal(18, 6)) as score,
        popular.customers,
        null as origin_product_id
    from {{ known_records() }} as records
    inner join popular
        on
            records.affiliate_id = popular.affiliate_id
            and popular.place <= 2 * {{ var('suggestions_kept') }}
),

best as (
    select
        candidates.*,
        row_number() over (
            partition by
                candidates.affiliate_id, candidates.affiliate_customer_id, candidates.product_id
            order by
                candidates.tier, candidates.score desc, candidates.customers desc,
                candidates.origin_product_id
        ) as reason_place
    from candidates
    inner join {{ ref('int_interests__products') }} as products
        on
            candidates.affiliate_id = products.affiliate_id
            and candidates.product_id = products.product_id
            and products.is_active
    left join bought
        on
            candidates.affiliate_id = bought.affiliate_id
            and candidates.affiliate_customer_id = bought.affiliate_customer_id
            and candidates.product_id = bought.product_id
    where bought.product_id is null
),

ranked as (
    select
        *,
        row_number() over (
            partition by {{ who }} order by tier, score desc, customers desc, product_id
        ) as place
    from best
    where reason_place = 1
)

select
    ranked.affiliate_id,
    ranked.affiliate_customer_id,
    ranked.product_id,
    cast(ranked.place as integer) as place,
    ranked.tier,
    cast(ranked.score as decimal(18, 6)) as score,
    ranked.customers,
    case ranked.tier
        when 1 then 'bought with ' || coalesce(origins.sku, 'another product')
        when 2 then 'popular in ' || products.category || ', bought'
        else 'popular, bought'
    end || ' by ' || cast(ranked.customers as text) || ' customers' as reason
from ranked
inner join {{ ref('int_interests__products') }} as products
    on ranked.affiliate_id = products.affiliate_id and ranked.product_id = products.product_id
left join {{ ref('int_interests__products') }} as origins
    on
        ranked.affiliate_id = origins.affiliate_id
        and ranked.origin_product_id = origins.product_id
where ranked.place <= {{ var('suggestions_kept') }}
