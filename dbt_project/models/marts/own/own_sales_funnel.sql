{# A cohort is mature when 90 percent of the affiliate's decided deals took less time than has
   passed since the cohort's month ended. #}
{%- set visits -%}
    (
        select
            deals.cohort_month,
            visits.*
        from {{ ref('own_deal_stage_intervals') }} as visits
        inner join {{ ref('own_deals') }} as deals
            on visits.affiliate_id = deals.affiliate_id and visits.deal_id = deals.deal_id
    )
{%- endset -%}
with funnel as (
    {{ funnel(ref('own_deals'), visits, ['affiliate_id', 'cohort_month']) }}
),

cycles as (
    select
        affiliate_id,
        percentile_disc(0.9) within group (order by cycle_days) as p90_cycle_days
    from {{ ref('own_deals') }}
    where outcome in ('won', 'lost', 'disqualified')
    group by affiliate_id
),

cohorts as (
    select
        deals.affiliate_id,
        deals.cohort_month,
        min(
            cast({{ as_of() }} at time zone coalesce(affiliates.time_zone, 'UTC') as date)
            - cast(date_trunc('month', deals.opened_on) + interval '1 month' as date)
        ) as age_days
    from {{ ref('own_deals') }} as deals
    left join {{ ref('stg_oltp__affiliates') }} as affiliates
        on deals.affiliate_id = affiliates.affiliate_id
    group by deals.affiliate_id, deals.cohort_month
)

select
    cast(funnel.affiliate_id as bigint) as affiliate_id,
    cast(funnel.cohort_month as text) as cohort_month,
    {{ funnel_columns() }},
    cast(coalesce(cohorts.age_days >= cycles.p90_cycle_days, false) as boolean) as is_mature
from funnel
inner join cohorts
    on funnel.affiliate_id = cohorts.affiliate_id and funnel.cohort_month = cohorts.cohort_month
left join cycles on funnel.affiliate_id = cycles.affiliate_id
