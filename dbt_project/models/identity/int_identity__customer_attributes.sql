with members as (
    select
        xref.customer_id,
        records.affiliate_id,
        records.affiliate_customer_id,
        nullif(records.gender, 'unknown') as gender,
        records.birth_date,
        records.has_birth_date,
        records.country,
        records.known_since,
        row_number() over (
            partition by xref.customer_id
            order by
                coalesce(records.last_stated_at, cast('0001-01-01' as timestamptz)) desc,
                records.affiliate_id,
                records.affiliate_customer_id
        ) as recency_rank,
        row_number() over (
            partition by xref.customer_id
            order by
                coalesce(records.known_since, cast('9999-01-01' as timestamptz)),
                records.affiliate_id,
                records.affiliate_customer_id
        ) as age_rank
    from {{ ref('customer_xref') }} as xref
    inner join {{ ref('int_identity__normalised_records') }} as records
        on
            xref.affiliate_id = records.affiliate_id
            and xref.affiliate_customer_id = records.affiliate_customer_id
)

select
    customer_id,
    coalesce({{ value_at_lowest('gender', 'recency_rank') }}, 'unknown') as gender,
    count(distinct gender) > 1 as has_gender_conflict,
    {{ value_at_lowest('birth_date', 'recency_rank') }} as birth_date,
    count(birth_date) = 0 and max(case when has_birth_date then 1 else 0 end) = 1
        as is_birth_date_unusable,
    {{ value_at_lowest('country', 'recency_rank') }} as country,
    count(*) as records_count,
    count(distinct affiliate_id) as affiliates_count,
    {{ value_at_lowest('affiliate_id', 'age_rank') }} as first_affiliate_id,
    min(known_since) as known_since
from members
group by customer_id
