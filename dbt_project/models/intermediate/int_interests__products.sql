{# A price band is a product's position among the prices of its category in the affiliate's own
   catalogue and currency: a price that is high in one shop is low in another. Integers only; ties
   share a band. #}
{%- set comparable = 'partition by affiliate_id, category, currency' -%}

with products as (
    select
        affiliate_id,
        product_id,
        nullif(trim(sku), '') as sku,
        nullif(lower(trim(category)), '') as category,
        nullif(trim(brand), '') as brand,
        currency,
        unit_price,
        coalesce(is_active, false) as is_active
    from {{ ref('stg_oltp__products') }}
),

prices as (
    select
        affiliate_id,
        product_id,
        -- twice the number of cheaper products, plus those with the same price
        2 * (rank() over ({{ comparable }} order by unit_price) - 1)
        + count(*) over ({{ comparable }}, unit_price) as place,
        2 * count(*) over ({{ comparable }}) as places
    from products
    where unit_price is not null
)

select
    products.affiliate_id,
    products.product_id,
    products.sku,
    products.category,
    products.brand,
    case
        when 3 * prices.place < prices.places then 'budget'
        when 3 * prices.place > 2 * prices.places then 'premium'
        when prices.place is not null then 'standard'
    end as price_band,
    products.is_active
from products
left join prices
    on products.affiliate_id = prices.affiliate_id and products.product_id = prices.product_id
