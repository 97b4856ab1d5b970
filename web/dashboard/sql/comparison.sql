select
    affiliate_id as affiliate,
    sum(net_amount_base)::double as net_sales,
    sum(orders_count)::bigint as orders,
    sum(new_customers)::bigint as new_customers,
    sum(commission_net_base)::double as commission,
    sum(leads)::bigint as leads,
    sum(conversions)::bigint as conversions
from affiliate_performance
where strftime(day, '%Y-%m') between $first_month and $last_month
group by affiliate_id
order by net_sales desc nulls last, affiliate_id
