with insights as (
    {{ insights(person()) }}
)

select
    cast(customer_id as text) as customer_id,
    {{ insight_columns() }}
from insights
