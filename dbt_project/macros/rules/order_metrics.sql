{# Query of each subject's order metrics: one row per subject with any order. Amounts are in the
   subject's main currency: the one with most valid orders, then the higher value, then the first by
   code. Other currencies are only added in the reporting currency, all of them or none. One pass
   over the orders per subject and currency; later steps work on one row per subject. #}
{% macro order_metrics(orders, subject) -%}
{%- set key = subject_columns(subject) -%}
{%- set windows = [30, 90, 365] -%}
with dated as (
    select
        *,
        {{ days_between('ordered_at', as_of()) }} as days_ago,
        {{ utc_date(as_of()) }} - refund_date_first as refund_days_ago
    from {{ orders }}
    where {{ subject[-1] }} is not null
),

by_currency as (
    select
        {{ key }},
        currency,
        sum(case when is_valid_sale then 1 else 0 end) as orders_count,
        sum(case when is_placed_sale then 1 else 0 end) as orders_count_gross,
        sum(case when is_valid_sale then net_amount end) as total_purchase,
        sum(case when is_valid_sale then refund_amount end) as total_purchase_refunded,
        sum(case when is_valid_sale then net_amount_base end) as total_purchase_base,
        sum(case when is_valid_sale then commission_net_base end) as commission_base,
        {%- for days in windows %}
        sum(case when is_valid_sale and days_ago < {{ days }} then 1 else 0 end)
            as orders_{{ days }}d,
        sum(case when is_valid_sale and days_ago < {{ days }} then net_amount else 0.00 end)
            as net_{{ days }}d,
        sum(case when is_valid_sale and days_ago < {{ days }} then net_amount_base end)
            as net_base_{{ days }}d,
        sum(case when is_placed_sale and days_ago < {{ days }} then merchandise_amount else 0.00 end)
        - sum(
            case
                when is_placed_sale and refund_days_ago between 0 and {{ days - 1 }}
                    then refund_amount
                else 0.00
            end
        ) as net_booked_{{ days }}d,
        {%- endfor %}
        percentile_disc(0.5) within group (
            order by case when is_valid_sale then net_amount end
        ) as median_ticket,
        max(case when is_valid_sale then net_amount end) as max_ticket,
        {{ value_at_lowest('net_amount', '(-order_seq)') }} as last_ticket,
        min(case when is_valid_sale then ordered_at end) as first_order_at,
        max(case when is_valid_sale then ordered_at end) as last_order_at,
        max(ordered_at) as last_any_order_at,
        max(updated_at) as updated_at,
        max(order_seq) as last_seq,
        {{ value_at_lowest('days_since_previous', '(-order_seq)') }} as last_gap_days,
        min(case when channel is not null then order_seq end) as first_channel_seq,
        {{ value_at_lowest('case when is_valid_sale then channel end', 'order_seq') }} as first_channel,
        max(case when is_valid_sale and is_fx_missing then 1 else 0 end) as dq_fx_missing,
        max(case when is_refund_above_order then 1 else 0 end) as dq_refund_above_order,
        max(case when abs(header_items_diff) > 0.01 then 1 else 0 end) as dq_header_items_differ,
        max(case when is_ordered_at_missing then 1 else 0 end) as dq_ordered_at_missing
    from dated
    group by {{ key }}, currency
),

ranked as (
    select
        *,
        orders_count > 0 and row_number() over (
            partition by {{ key }}
            order by orders_count desc, total_purchase desc, {{ binary_order('currency') }}
        ) = 1 as is_main
    from by_currency
)

select
    {{ key }},
    sum(orders_count) as orders_count,
    sum(orders_count_gross) as orders_count_gross,
    max(case when is_main then currency end) as currency,
    sum(case when orders_count > 0 then 1 else 0 end) as currencies_count,
    max(case when is_main then orders_count end) as main_orders_count,
    max(case when is_main then total_purchase end) as total_purchase,
    max(case when is_main then total_purchase_refunded end) as total_purchase_refunded,
    case when max(dq_fx_missing) = 0 then coalesce(sum(total_purchase_base), 0.00) end
        as total_purchase_base,
    case when max(dq_fx_missing) = 0 then sum(commission_base) end as commission_base,
    {%- for days in windows %}
    sum(orders_{{ days }}d) as orders_{{ days }}d,
    max(case when is_main then net_{{ days }}d end) as net_{{ days }}d,
    max(case when is_main then net_booked_{{ days }}d end) as net_booked_{{ days }}d,
    case when max(dq_fx_missing) = 0 then coalesce(sum(net_base_{{ days }}d), 0.00) end
        as net_base_{{ days }}d,
    {%- endfor %}
    max(case when is_main then median_ticket end) as median_ticket,
    max(case when is_main then max_ticket end) as max_ticket,
    max(case when is_main then last_ticket end) as last_ticket,
    min(first_order_at) as first_order_at,
    max(last_order_at) as last_order_at,
    max(last_any_order_at) as last_any_order_at,
    max(updated_at) as updated_at,
    {{ value_at_lowest('last_gap_days', '(-last_seq)') }} as last_gap_days,
    {{ value_at_lowest('first_channel', 'first_channel_seq') }} as acquisition_channel,
    max(dq_fx_missing) = 1 as dq_fx_missing,
    max(dq_refund_above_order) = 1 as dq_refund_above_order,
    coalesce(max(dq_header_items_differ), 0) = 1 as dq_header_items_differ,
    max(dq_ordered_at_missing) = 1 as dq_ordered_at_missing
from ranked
group by {{ key }}
{%- endmacro %}
