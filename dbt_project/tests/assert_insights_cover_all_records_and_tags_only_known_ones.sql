with known as (
    select
        records.affiliate_id,
        records.affiliate_customer_id
    from {{ ref('int_identity__records') }} as records
    left join {{ ref('erased_records') }} as erased
        on
            records.affiliate_id = erased.affiliate_id
            and records.affiliate_customer_id = erased.affiliate_customer_id
    where erased.affiliate_customer_id is null
),

stated as (
    select
        affiliate_id,
        affiliate_customer_id
    from {{ ref('own_customer_tags') }}
    union
    select
        affiliate_id,
        affiliate_customer_id
    from {{ ref('own_customer_interests') }}
)

select coalesce(known.affiliate_customer_id, insights.affiliate_customer_id) as customer
from known
full outer join {{ ref('own_customer_insights') }} as insights
    on
        known.affiliate_id = insights.affiliate_id
        and known.affiliate_customer_id = insights.affiliate_customer_id
where known.affiliate_customer_id is null or insights.affiliate_customer_id is null
union all
select stated.affiliate_customer_id
from stated
left join known
    on
        stated.affiliate_id = known.affiliate_id
        and stated.affiliate_customer_id = known.affiliate_customer_id
where known.affiliate_customer_id is null
