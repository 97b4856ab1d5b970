-- A deal is identified by (affiliate_id, deal_id) internally, by (affiliate, deal_id) elsewhere.
with spent as (
    select
        i.{affiliate},
        i.deal_id,
        i.stage,
        i.stage_rank,
        sum(i.days_in_stage) as days
    from deal_stage_intervals as i
    inner join deals as d on i.{affiliate} = d.{affiliate} and i.deal_id = d.deal_id
    where d.cohort_month between $first_month and $last_month and i.stage_rank between 1 and 5
    group by all
),

open_now as (
    select
        stage,
        quantile_disc(days_in_stage, 0.5) as days
    from deals
    where cohort_month between $first_month and $last_month and is_open
    group by stage
),

labels as (
    select distinct
        stage,
        stage_label
    from sales_funnel
)

select
    l.stage_label as stage,
    count(*) as deals,
    quantile_disc(s.days, 0.5)::double as median_days,
    quantile_disc(s.days, 0.9)::double as p90_days,
    any_value(o.days)::double as open_median_days
from spent as s
inner join labels as l on s.stage = l.stage
left join open_now as o on s.stage = o.stage
group by s.stage_rank, l.stage_label
order by s.stage_rank
