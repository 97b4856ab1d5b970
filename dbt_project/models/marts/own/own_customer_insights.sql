with insights as (
    {{ insights(
        record(),
        ref('own_customer'),
        ref('int_channels__records'),
        ref('int_product_lists__records')
    ) }}
)

select
    cast(affiliate_id as bigint) as affiliate_id,
    cast(affiliate_customer_id as bigint) as affiliate_customer_id,
    {{ insight_columns() }}
from insights
