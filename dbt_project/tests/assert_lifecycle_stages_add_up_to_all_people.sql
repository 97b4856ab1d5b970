-- Every person is in exactly one stage, and everyone who bought is in a stage of buyers.
with stages as (
    select
        sum(case when lifecycle_stage = 'prospect' then 1 else 0 end) as prospects,
        sum(case
            when lifecycle_stage in (
                'new', 'reactivated', 'active', 'at_risk', 'lapsed', 'churned'
            ) then 1 else 0
        end) as buyers
    from {{ ref('customer') }}
),

people as (
    select
        count(distinct xref.customer_id) as people,
        count(distinct orders.customer_id) as buyers
    from {{ ref('customer_xref') }} as xref
    left join {{ ref('customer_orders') }} as orders
        on xref.customer_id = orders.customer_id and orders.is_valid_sale
)

select
    people.people,
    people.buyers,
    stages.prospects,
    stages.buyers as staged_buyers
from people
cross join stages
where
    people.people <> coalesce(stages.prospects + stages.buyers, 0)
    or people.buyers <> coalesce(stages.buyers, 0)
