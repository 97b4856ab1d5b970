{# An ID stays with the cluster that holds most of its records. Almost all IDs have one cluster that
   no other ID claims, so only the others are ranked. #}
with holdings as (
    select
        prior_customer_id as customer_id,
        min(cluster_id) as cluster_id,
        min(cluster_id) <> max(cluster_id) as is_torn,
        count(*) as records
    from {{ ref('int_identity__members') }}
    where prior_customer_id is not null and cluster_id is not null
    group by prior_customer_id
),

torn_pieces as (
    select
        members.prior_customer_id as customer_id,
        members.cluster_id,
        count(*) as records,
        min(known.known_since) as known_since,
        min({{ binary_order('members.record_id') }}) as first_record_id
    from holdings
    inner join {{ ref('int_identity__members') }} as members
        on holdings.customer_id = members.prior_customer_id
    left join {{ ref('int_identity__records') }} as known
        on
            members.affiliate_id = known.affiliate_id
            and members.affiliate_customer_id = known.affiliate_customer_id
    where holdings.is_torn and members.cluster_id is not null
    group by members.prior_customer_id, members.cluster_id
),

places as (
    select
        customer_id,
        cluster_id,
        records,
        row_number() over (
            partition by customer_id
            order by
                records desc,
                coalesce(known_since, cast('9999-01-01' as timestamptz)),
                {{ binary_order('first_record_id') }}
        ) as place
    from torn_pieces
),

claims as (
    select
        customer_id,
        cluster_id,
        records
    from holdings
    where not is_torn
    union all
    select
        customer_id,
        cluster_id,
        records
    from places
    where place = 1
),

contested as (
    select cluster_id
    from claims
    group by cluster_id
    having count(*) > 1
),

rivals as (
    select
        claims.customer_id,
        claims.cluster_id,
        claims.records,
        min(assignments.landing_position) as first_position
    from contested
    inner join claims on contested.cluster_id = claims.cluster_id
    inner join {{ ref('stg_identity__assignments') }} as assignments
        on claims.customer_id = assignments.customer_id
    group by claims.customer_id, claims.cluster_id, claims.records
),

losers as (
    select customer_id
    from (
        select
            customer_id,
            row_number() over (
                partition by cluster_id
                order by records desc, first_position, {{ binary_order('customer_id') }}
            ) as place
        from rivals
    ) as ranked
    where place > 1
)

select
    claims.customer_id,
    claims.cluster_id,
    claims.records,
    losers.customer_id is null as is_kept
from claims
left join losers on claims.customer_id = losers.customer_id
