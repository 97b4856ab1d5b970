-- Deals of months that are too recent for most of them to be decided.
select coalesce(sum(cohort_deals), 0)::bigint as deals
from sales_funnel
where cohort_month between $first_month and $last_month and stage_rank = 1 and not is_mature
