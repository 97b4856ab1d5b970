{# The rows shown for a month are a partition of it: no subtraction of rows reveals a hidden
   category. #}
with months as (
    select
        sales_month,
        max(place) as last_place,
        min(place) = 0 as has_hidden,
        min(case when is_publishable then place end) as hidden_until
    from {{ ref('int_benchmark__unions') }}
    group by sales_month
),

hidden as (
    select
        months.sales_month,
        count(*) as hidden_categories
    from months
    inner join {{ ref('int_benchmark__categories') }} as categories
        on
            months.sales_month = categories.sales_month
            and months.has_hidden
            and categories.place <= coalesce(months.hidden_until, months.last_place)
    group by months.sales_month
),

cells as (
    select
        categories.sales_month,
        categories.category,
        true as is_shown,
        categories.customers,
        categories.orders,
        categories.repeat_orders,
        categories.net_amount,
        0 as hidden_categories
    from {{ ref('int_benchmark__categories') }} as categories
    inner join months on categories.sales_month = months.sales_month
    where not months.has_hidden or categories.place > months.hidden_until
    union all
    select
        unions.sales_month,
        case when unions.place = months.last_place then '(all)' else '(other)' end as category,
        unions.is_publishable as is_shown,
        unions.customers,
        unions.orders,
        unions.repeat_orders,
        unions.net_amount,
        coalesce(hidden.hidden_categories, 0) as hidden_categories
    from {{ ref('int_benchmark__unions') }} as unions
    inner join months on unions.sales_month = months.sales_month
    left join hidden on unions.sales_month = hidden.sales_month
    where
        unions.place = months.last_place
        or months.has_hidden and unions.place = months.hidden_until
)

select
    cast({{ month_code('sales_month') }} as text) as sales_month,
    cast(category as text) as category,
    cast(case when is_shown then round(customers / 5.0, 0) * 5 end as integer) as customers,
    cast(case when is_shown then round(orders / 5.0, 0) * 5 end as integer) as orders,
    cast(
        case when is_shown then {{ nearest_percent(ratio('net_amount', 'orders')) }} end
        as decimal(18, 2)
    ) as avg_ticket_base,
    cast(case when is_shown then round(100.0 * repeat_orders / orders, 0) end as integer)
        as repeat_percent,
    cast(hidden_categories as integer) as hidden_categories
from cells
