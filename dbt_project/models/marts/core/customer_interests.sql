with evidence as (
    select * from {{ ref('int_interests__evidence') }}
),

sums as (
    select
        customer_id,
        dimension,
        value,
        greatest(sum(weight), 0) as score,
        sum(views) as evidence_views,
        sum(orders) as evidence_orders,
        sum(returns) as evidence_returns,
        min(happened_at) as first_evidence_at,
        max(happened_at) as last_evidence_at
    from evidence
    group by customer_id, dimension, value
),

shares as (
    select
        *,
        sum(score) over (partition by customer_id, dimension) as person_score,
        sum(score) over (partition by dimension, value) as value_score,
        sum(score) over (partition by dimension) as dimension_score,
        row_number() over (
            partition by customer_id, dimension
            order by score desc, last_evidence_at desc, {{ binary_order('value') }}
        ) as rank
    from sums
)

select
    cast(customer_id as text) as customer_id,
    cast(dimension as text) as dimension,
    cast(value as text) as value,
    cast(score as decimal(18, 6)) as score,
    cast(coalesce({{ ratio('score', 'person_score') }}, 0) as decimal(9, 6)) as share,
    cast(
        {{ ratio('score', 'person_score') }} / ({{ ratio('value_score', 'dimension_score') }})
        as decimal(18, 6)
    ) as lift,
    cast(rank as integer) as rank,
    cast(
        1 - exp(-{{ ratio('evidence_views + evidence_orders', '3') }}) as decimal(9, 6)
    ) as confidence,
    cast(evidence_views as integer) as evidence_views,
    cast(evidence_orders as integer) as evidence_orders,
    cast(evidence_returns as integer) as evidence_returns,
    cast(first_evidence_at as timestamptz) as first_evidence_at,
    cast(last_evidence_at as timestamptz) as last_evidence_at
from shares
