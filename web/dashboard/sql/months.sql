-- The first month that the release has data of.
select
    least(
        (select min(cohort_month) from sales_funnel),
        (select strftime(min(day), '%Y-%m') from affiliate_performance)
    )
