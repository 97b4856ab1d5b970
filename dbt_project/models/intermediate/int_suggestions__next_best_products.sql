{# Per customer record, from its affiliate's catalogue and customers only: products often bought
   together with its purchases, then products popular in the category of its strongest interest,
   then popular products. Never products that the record bought or returned, or that are no longer
   for sale. #}
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

candidates as (
    select
        bought.affiliate_id,
        bought.affiliate_customer_id,
        offers.product_id,
        offers.offer_no
    from bought
    inner join {{ ref('int_suggestions__offers') }} as offers
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
    inner join {{ ref('int_suggestions__offers') }} as offers
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
    inner join {{ ref('int_suggestions__offers') }} as offers
        on records.affiliate_id = offers.affiliate_id and offers.tier = 3
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
    offers.score,
    offers.customers,
    offers.reason
from ranked
inner join {{ ref('int_suggestions__offers') }} as offers
    on ranked.affiliate_id = offers.affiliate_id and ranked.offer_no = offers.offer_no
where ranked.place <= {{ var('suggestions_kept') }}
