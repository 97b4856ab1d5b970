with assignments as (
    select
        members.record_id,
        assignments.customer_id,
        members.prior_customer_id
    from {{ ref('int_identity__members') }} as members
    inner join {{ ref('int_identity__assignments') }} as assignments
        on members.record_id = assignments.record_id
    where assignments.customer_id is not null
),

-- the record that a new ID was made from
anchors as (
    select min({{ binary_order('assignments.record_id') }}) as record_id
    from assignments
    left join {{ ref('int_identity__id_claims') }} as claims
        on assignments.customer_id = claims.customer_id and claims.is_kept
    where claims.customer_id is null
    group by assignments.customer_id
),

-- every edge, seen from each of its ends
ends as (
    {%- for record, other in [('left', 'right'), ('right', 'left')] %}
    select
        {{ record }}_record_id as record_id,
        {{ other }}_record_id as other_record_id,
        left_record_id,
        right_record_id,
        total_weight,
        rule
    from {{ ref('identity_edges') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- the strongest edge from what joined (a new record, or all records of an ID) to what was there
causes as (
    select
        mover_id,
        left_record_id,
        right_record_id,
        total_weight,
        rule,
        row_number() over (
            partition by mover_id
            order by
                total_weight desc,
                {{ binary_order('left_record_id') }},
                {{ binary_order('right_record_id') }}
        ) as place
    from (
        select
            coalesce(movers.prior_customer_id, movers.record_id) as mover_id,
            ends.left_record_id,
            ends.right_record_id,
            ends.total_weight,
            ends.rule
        from assignments as movers
        inner join ends on movers.record_id = ends.record_id
        left join assignments as others on ends.other_record_id = others.record_id
        where
            movers.prior_customer_id is null
            or (
                movers.prior_customer_id <> movers.customer_id
                and coalesce(others.prior_customer_id, '') <> movers.prior_customer_id
            )
    ) as candidates
),

-- a steward separated records that left from records that stayed
apart as (
    select distinct lefts.prior_customer_id as customer_id
    from {{ ref('stg_identity__decisions') }} as decisions
    inner join assignments as lefts on decisions.left_record_id = lefts.record_id
    inner join assignments as rights
        on
            decisions.right_record_id = rights.record_id
            and lefts.prior_customer_id = rights.prior_customer_id
            and lefts.customer_id <> rights.customer_id
    where decisions.decision = 'different'
),

happened as (
    select
        case when anchors.record_id is null then 'joined' else 'created' end as event,
        assignments.customer_id,
        cast(null as text) as other_customer_id,
        assignments.record_id,
        case when anchors.record_id is null then assignments.record_id end as mover_id,
        cast(null as text) as cause
    from assignments
    left join anchors on assignments.record_id = anchors.record_id
    where anchors.record_id is not null or assignments.prior_customer_id is null
    union all
    select
        case when moves.is_merged then 'merged' else 'split' end as event,
        moves.customer_id,
        moves.other_customer_id,
        cast(null as text) as record_id,
        case when moves.is_merged then moves.customer_id end as mover_id,
        case when apart.customer_id is not null and not moves.is_merged then 'steward' end as cause
    from {{ ref('int_identity__id_moves') }} as moves
    left join apart on moves.customer_id = apart.customer_id
    union all
    select
        'left' as event,
        prior_customer_id as customer_id,
        cast(null as text) as other_customer_id,
        record_id,
        cast(null as text) as mover_id,
        cause
    from {{ ref('int_identity__assignment_changes') }}
    where customer_id is null
    union all
    select
        'retired' as event,
        customer_id,
        cast(null as text) as other_customer_id,
        cast(null as text) as record_id,
        cast(null as text) as mover_id,
        cast(null as text) as cause
    from {{ ref('int_identity__retired_ids') }}
    union all
    select
        case when target_id is null then 'retired' else 'merged' end as event,
        customer_id,
        target_id as other_customer_id,
        cast(null as text) as record_id,
        cast(null as text) as mover_id,
        'redirect' as cause
    from {{ ref('int_identity__redirect_changes') }}
    where target_id is null or target_id <> prior_target_id
)

select
    happened.event,
    happened.customer_id,
    happened.other_customer_id,
    happened.record_id,
    causes.left_record_id as cause_left_record_id,
    causes.right_record_id as cause_right_record_id,
    causes.total_weight as cause_weight,
    coalesce(happened.cause, causes.rule) as cause,
    run.changed_at as happened_at
from happened
left join causes on happened.mover_id = causes.mover_id and causes.place = 1
cross join {{ ref('int_identity__run') }} as run
