with insights as (
    {{ insights(
        person(),
        ref('customer'),
        ref('int_channels__people'),
        ref('int_product_lists__people')
    ) }}
)

select
    cast(customer_id as text) as customer_id,
    {{ insight_columns() }}
from insights
