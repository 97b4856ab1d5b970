with people as (
    select distinct customer_id
    from {{ ref('customer_xref') }}
)

select coalesce(people.customer_id, customer.customer_id, insights.customer_id) as customer_id
from people
full outer join {{ ref('customer') }} as customer on people.customer_id = customer.customer_id
full outer join {{ ref('customer_insights') }} as insights
    on customer.customer_id = insights.customer_id
where
    people.customer_id is null or customer.customer_id is null or insights.customer_id is null
