{# Each order line and view of a product with a category counts once in the category interests of
   all people. #}
with shown as (
    select
        sum(evidence_views) as views,
        sum(evidence_orders) as orders,
        sum(evidence_tags) as tags
    from {{ ref('customer_interests') }}
    where dimension = 'category'
),

known as (
    select
        sum(views) as views,
        sum(orders) as orders,
        sum(tags) as tags
    from {{ ref('int_interests__evidence') }}
    where category is not null
)

select shown.*
from shown
cross join known
where shown.views <> known.views or shown.orders <> known.orders or shown.tags <> known.tags
