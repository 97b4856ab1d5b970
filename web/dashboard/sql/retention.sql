-- Only months that are complete for the whole cohort, so that recent cohorts do not look worse.
with bought as (
    select distinct
        customer_id,
        date_trunc('month', order_date_local)::date as month
    from customer_orders
    where is_valid_sale and customer_id is not null and order_date_local is not null
),

cohorts as (
    select
        customer_id,
        min(month) as cohort
    from bought
    group by customer_id
),

sizes as (
    select
        cohort,
        count(*) as customers
    from cohorts
    where strftime(cohort, '%Y-%m') between $first_month and $last_month
    group by cohort
),

cells as (
    select
        sizes.cohort,
        sizes.customers,
        months.later::bigint as later
    from sizes
    cross join range(1, 13) as months (later)
    where sizes.cohort + to_months(months.later::integer) < date_trunc('month', $as_of::date)
)

select
    strftime(c.cohort, '%Y-%m') as first_bought,
    c.customers,
    c.later as months_later,
    count(b.customer_id) as came_back,
    count(b.customer_id) / c.customers as share
from cells as c
inner join cohorts as m on c.cohort = m.cohort
left join bought as b
    on m.customer_id = b.customer_id and b.month = c.cohort + to_months(c.later::integer)
group by c.cohort, c.customers, c.later
order by first_bought, months_later
