-- With fewer than $minimum decided deals there is no win rate.
with parts as (
    select
        count(*) filter (where is_open and stage_rank between 3 and 5) as open_qualified,
        count(*) filter (where outcome in ('won', 'lost', 'disqualified')) as decided,
        count(*) filter (where outcome = 'won') as won,
        avg(amount_base) filter (where outcome = 'won') as average_won,
        quantile_disc(cycle_days, 0.5) filter (where outcome = 'won') as cycle
    from deals
    where cohort_month between $first_month and $last_month
),

rates as (
    select
        *,
        case when decided >= $minimum then won / decided end as rate
    from parts
)

select
    open_qualified,
    won,
    decided,
    rate as win_rate,
    average_won::double as average_won_amount,
    cycle::double as median_cycle_days,
    open_qualified * rate * average_won / nullif(cycle, 0) as velocity_per_day
from rates
