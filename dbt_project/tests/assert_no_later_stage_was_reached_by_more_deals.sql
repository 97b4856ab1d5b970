-- Nor touched by more deals than reached it; all deals of a cohort reached the first stage.
select *
from (
    select
        affiliate_id,
        cohort_month,
        stage_rank,
        cohort_deals,
        touched,
        reached_or_beyond,
        lag(reached_or_beyond) over (
            partition by affiliate_id, cohort_month order by stage_rank
        ) as reached_before
    from {{ ref('own_sales_funnel') }}
) as stages
where
    reached_or_beyond > reached_before
    or touched > reached_or_beyond
    or (stage_rank = 1 and reached_or_beyond <> cohort_deals)
