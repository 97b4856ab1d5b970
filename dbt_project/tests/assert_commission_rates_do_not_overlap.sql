-- Two rates for one line would duplicate it.
with rates as (
    select
        affiliate_id,
        coalesce(category, '') as category,
        coalesce(product_id, 0) as product_id,
        valid_from,
        lag(coalesce(valid_to, cast('9999-12-31' as date))) over (
            partition by affiliate_id, category, product_id order by valid_from
        ) as valid_before
    from {{ ref('commission_rates') }}
)

select *
from rates
where valid_before >= valid_from or (category <> '' and product_id <> 0)
