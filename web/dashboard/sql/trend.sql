select
    strftime(day, '%Y-%m') as month,
    sum(new_customers)::bigint as new_customers,
    sum(orders_count)::bigint as orders,
    sum(net_amount_base)::double as net_sales,
    count(*) filter (where net_amount_base is null) as days_without_rate
from affiliate_performance
where strftime(day, '%Y-%m') between $first_month and $last_month
group by month
order by month
