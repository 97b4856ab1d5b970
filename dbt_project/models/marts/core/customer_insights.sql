with insights as (
    {{ insights(
        person(),
        ref('customer'),
        ref('int_channels__persons'),
        ref('int_product_lists__persons')
    ) }}
)

select
    cast(customer_id as text) as customer_id,
    {{ insight_columns() }}
from insights
