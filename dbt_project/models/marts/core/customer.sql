with people as (
    select
        attributes.*,
        metrics.*,
        gaps.median_gap_days,
        gaps.expected_gap_days,
        preferred.preferred_affiliate_id,
        {{ full_years('attributes.birth_date', utc_date(as_of())) }} as age,
        {{ days_between('attributes.known_since', as_of()) }} as tenure_days,
        {{ days_between('metrics.last_order_at', as_of()) }} as recency_days,
        {{ days_between('metrics.first_order_at', as_of()) }} as days_since_first_order
    from {{ ref('int_identity__customer_attributes') }} as attributes
    left join {{ ref('int_customers__order_metrics') }} as metrics
        on attributes.customer_id = metrics.order_customer_id
    left join {{ ref('int_customers__order_gaps') }} as gaps
        on attributes.customer_id = gaps.customer_id
    left join {{ ref('int_customers__preferred_affiliates') }} as preferred
        on attributes.customer_id = preferred.customer_id
),

scores as (
    select
        customer_id,
        {{ percent_score('recency_days desc') }} as r_score,
        case
            when orders_count >= 10 then 5
            when orders_count >= 5 then 4
            when orders_count >= 3 then 3
            else cast(orders_count as integer)
        end as f_score,
        {{ percent_score('total_purchase', partition_by='currency') }} as m_score
    from people
    where orders_count > 0
),

scored as (
    select
        people.*,
        scores.r_score,
        scores.f_score,
        scores.m_score
    from people
    left join scores on people.customer_id = scores.customer_id
)

select
    cast(customer_id as text) as customer_id,
    cast(gender as text) as gender,
    cast(has_gender_conflict as boolean) as has_gender_conflict,
    cast(age as integer) as age,
    {{ as_of() }} as age_as_of,
    cast({{ age_band('age') }} as text) as age_band,
    cast(is_birth_date_unusable as boolean) as birth_date_invalid,
    cast(country as text) as country,
    cast(records_count as integer) as records_count,
    cast(affiliates_count as integer) as affiliates_count,
    cast(first_affiliate_id as bigint) as first_affiliate_id,
    cast(preferred_affiliate_id as bigint) as preferred_affiliate_id,
    cast(known_since as timestamptz) as first_seen_at,
    cast(tenure_days as integer) as tenure_days,
    cast(coalesce(orders_count, 0) as integer) as orders_count,
    cast(coalesce(orders_count_gross, 0) as integer) as orders_count_gross,
    cast(coalesce(orders_30d, 0) as integer) as orders_30d,
    cast(coalesce(orders_90d, 0) as integer) as orders_90d,
    cast(coalesce(orders_365d, 0) as integer) as orders_365d,
    cast(currency as text) as currency,
    cast(coalesce(currencies_count, 0) as integer) as currencies_count,
    cast(coalesce(total_purchase, 0) as decimal(18, 2)) as total_purchase,
    cast(coalesce(total_purchase_gross, 0) as decimal(18, 2)) as total_purchase_gross,
    cast(coalesce(total_purchase_refunded, 0) as decimal(18, 2)) as total_purchase_refunded,
    cast(coalesce(net_30d, 0) as decimal(18, 2)) as net_30d,
    cast(coalesce(net_90d, 0) as decimal(18, 2)) as net_90d,
    cast(coalesce(net_365d, 0) as decimal(18, 2)) as net_365d,
    cast(avg_ticket as decimal(18, 2)) as avg_ticket,
    cast(median_ticket as decimal(18, 2)) as median_ticket,
    cast(max_ticket as decimal(18, 2)) as max_ticket,
    cast(first_order_at as timestamptz) as first_order_at,
    cast(last_order_at as timestamptz) as last_order_at,
    cast(last_any_order_at as timestamptz) as last_any_order_at,
    cast(recency_days as integer) as recency_days,
    cast(median_gap_days as integer) as median_gap_days,
    cast(expected_gap_days as integer) as expected_gap_days,
    cast(r_score as integer) as r_score,
    cast(f_score as integer) as f_score,
    cast(m_score as integer) as m_score,
    cast({{ rfm_segment('r_score', 'f_score', 'm_score') }} as text) as rfm_segment,
    cast(
        case
            when coalesce(orders_count, 0) = 0 then 'prospect'
            when days_since_first_order <= 30 then 'new'
            when recency_days <= 30 and last_gap_days >= {{ var('reactivation_gap_days') }}
                then 'reactivated'
            when recency_days < expected_gap_days then 'active'
            when recency_days < 2 * expected_gap_days then 'at_risk'
            when recency_days < 3 * expected_gap_days then 'lapsed'
            else 'churned'
        end as text
    ) as lifecycle_stage,
    cast(acquisition_channel as text) as acquisition_channel
from scored
