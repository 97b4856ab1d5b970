with interests as (
    {{ interests(person()) }}
)

select
    cast(customer_id as text) as customer_id,
    {{ interest_columns() }}
from interests
