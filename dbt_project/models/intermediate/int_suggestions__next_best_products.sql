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

-- all that can be suggested, numbered from the best: a few for an affiliate, many for its customers
offers as (
    select
        tiers.*,
        cast(row_number() over (
            partition by tiers.affiliate_id
            order by
                tiers.tier, tiers.score desc, tiers.customers desc,
                tiers.product_id, tiers.origin_product_id
        ) as integer) as offer_no
    from (
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
    ) as tiers
    inner join {{ ref('int_interests__products') }} as products
        on
            tiers.affiliate_id = products.affiliate_id
            and tiers.product_id = products.product_id
            and products.is_active
),

candidates as (
    select
        bought.affiliate_id,
        bought.affiliate_customer_id,
        offers.product_id,
        offers.offer_no
    from bought
    inner join offers
        on
            bought.affiliate_id = offers.affiliate_id
            and bought.product_id = offers.origin_product_id
    where bought.kept_quantity > 0 and bought.newness <= {{ var('suggestion_origins') }}
    union all
    select
        interests.affiliate_id,
        interests.affiliate_customer_id,
        offers.product_id,
        offers.offer_no
    from {{ ref('own_customer_interests') }} as interests
    inner join offers
        on
            interests.affiliate_id = offers.affiliate_id
            and interests.value = offers.category
            and offers.tier = 2
    where interests.dimension = 'category' and interests.rank = 1 and interests.score > 0
    union all
    select
        records.affiliate_id,
        records.affiliate_customer_id,
        offers.product_id,
        offers.offer_no
    from {{ known_records() }} as records
    inner join offers on records.affiliate_id = offers.affiliate_id and offers.tier = 3
),

best as (
    select
        {{ who }},
        product_id,
        min(offer_no) as offer_no
    from candidates
    group by {{ who }}, product_id
),

ranked as (
    select
        best.affiliate_id,
        best.affiliate_customer_id,
        best.offer_no,
        row_number() over (
            partition by best.affiliate_id, best.affiliate_customer_id order by best.offer_no
        ) as place
    from best
    left join bought
        on
            best.affiliate_id = bought.affiliate_id
            and best.affiliate_customer_id = bought.affiliate_customer_id
            and best.product_id = bought.product_id
    where bought.product_id is null
)

select
    ranked.affiliate_id,
    ranked.affiliate_customer_id,
    offers.product_id,
    cast(ranked.place as integer) as place,
    offers.tier,
    cast(offers.score as decimal(18, 6)) as score,
    offers.customers,
    case offers.tier
        when 1 then 'bought with ' || coalesce(origins.sku, 'another product')
        when 2 then 'popular in ' || offers.category || ', bought'
        else 'popular, bought'
    end || ' by ' || cast(offers.customers as text) || ' customers' as reason
from ranked
inner join offers
    on ranked.affiliate_id = offers.affiliate_id and ranked.offer_no = offers.offer_no
left join {{ ref('int_interests__products') }} as origins
    on
        offers.affiliate_id = origins.affiliate_id
        and offers.origin_product_id = origins.product_id
where ranked.place <= {{ var('suggestions_kept') }}
