{# Query of all measures that are computed from a customer's orders: one row per row of `customers`,
   with or without orders. `customers` and `orders` name relations with the subject's columns;
   `population` lists the columns that define which customers are compared: empty for all customers,
   `['affiliate_id']` for those of the same affiliate. #}
{% macro customer_measures(customers, orders, subject, population=[]) -%}
{%- set windows = [30, 90, 365] -%}
with metrics as (
    {{ order_metrics(orders, subject) | indent(4) }}
),

rhythm as (
    {{ order_rhythm(orders, subject, population) | indent(4) }}
),

measured as (
    select
        metrics.*,
        rhythm.order_days,
        rhythm.median_gap_days,
        rhythm.expected_gap_days,
        rhythm.btyd_frequency,
        rhythm.btyd_recency,
        rhythm.btyd_t,
        rhythm.btyd_monetary,
        {{ days_between('metrics.last_order_at', as_of()) }} as recency_days,
        {{ days_between('metrics.first_order_at', as_of()) }} as days_since_first_order
    from metrics
    left join rhythm on {{ same_subject(subject, 'metrics', 'rhythm') }}
),

scores as (
    select
        {{ subject_columns(subject) }},
        {{ percent_score('recency_days desc', partition_by=population | join(', ')) }} as r_score,
        {{ frequency_score('orders_count') }} as f_score,
        {{ percent_score(
            'total_purchase', partition_by=(population + ['currency']) | join(', ')
        ) }} as m_score
    from measured
    where orders_count > 0
)

select
    {{ subject_columns(subject, 'customers') }},
    cast(coalesce(orders_count, 0) as integer) as orders_count,
    cast(coalesce(orders_count_gross, 0) as integer) as orders_count_gross,
    cast(coalesce(order_days, 0) as integer) as order_days,
    cast(currency as text) as currency,
    cast(coalesce(currencies_count, 0) as integer) as currencies_count,
    cast(coalesce(total_purchase, 0) as decimal(18, 2)) as total_purchase,
    cast(coalesce(total_purchase + total_purchase_refunded, 0) as decimal(18, 2))
        as total_purchase_gross,
    cast(coalesce(total_purchase_refunded, 0) as decimal(18, 2)) as total_purchase_refunded,
    {%- for days in windows %}
    cast(coalesce(orders_{{ days }}d, 0) as integer) as orders_{{ days }}d,
    cast(coalesce(net_{{ days }}d, 0) as decimal(18, 2)) as net_{{ days }}d,
    cast(coalesce(net_booked_{{ days }}d, 0) as decimal(18, 2)) as net_booked_{{ days }}d,
    {%- endfor %}
    cast({{ money_share('total_purchase', '1', 'main_orders_count') }} as decimal(18, 2))
        as avg_ticket,
    cast({{ money_share('(total_purchase + total_purchase_refunded)', '1', 'main_orders_count') }}
        as decimal(18, 2)) as avg_ticket_gross,
    cast(median_ticket as decimal(18, 2)) as median_ticket,
    cast(max_ticket as decimal(18, 2)) as max_ticket,
    cast(last_ticket as decimal(18, 2)) as last_ticket,
    -- customers without orders do not lack a rate
    cast(case when coalesce(dq_fx_missing, false) then null
        else coalesce(total_purchase_base, 0) end as decimal(18, 2)) as total_purchase_base,
    cast(case when coalesce(dq_fx_missing, false) then null
        else coalesce(net_base_365d, 0) end as decimal(18, 2)) as net_base_365d,
    cast({{ money_share('total_purchase_base', '1', 'nullif(orders_count, 0)') }}
        as decimal(18, 2)) as avg_ticket_base,
    cast(first_order_at as timestamptz) as first_order_at,
    cast(last_order_at as timestamptz) as last_order_at,
    cast(last_any_order_at as timestamptz) as last_any_order_at,
    cast(recency_days as integer) as recency_days,
    cast(median_gap_days as integer) as median_gap_days,
    cast(expected_gap_days as integer) as expected_gap_days,
    cast({{ ratio('recency_days', 'expected_gap_days') }} as double precision) as churn_ratio,
    cast({{ churn_risk('recency_days', 'expected_gap_days') }} as text) as churn_risk,
    cast(
        {{ lifecycle_stage(
            'recency_days', 'expected_gap_days', 'days_since_first_order', 'last_gap_days'
        ) }} as text
    ) as lifecycle_stage,
    cast(r_score as integer) as r_score,
    cast(f_score as integer) as f_score,
    cast(m_score as integer) as m_score,
    cast({{ rfm_segment('r_score', 'f_score', 'm_score') }} as text) as rfm_segment,
    cast(btyd_frequency as integer) as btyd_frequency,
    cast(btyd_recency as integer) as btyd_recency,
    cast(btyd_t as integer) as btyd_t,
    cast(btyd_monetary as decimal(18, 2)) as btyd_monetary,
    cast(commission_base as decimal(18, 2)) as commission_base,
    cast(case when coalesce(dq_fx_missing, false) then null
        else coalesce(total_purchase_base, 0) - coalesce(commission_base, 0) end as decimal(18, 2))
        as ltv_historical,
    cast(case when order_days >= 2 then {{ expected_value(
        'total_purchase_base', 'btyd_t', 'recency_days', 'expected_gap_days'
    ) }} end as decimal(18, 2)) as ltv_12m_expected,
    cast(case when order_days >= 2 and total_purchase_base is not null then 'rule' else 'none' end
        as text) as ltv_method,
    cast(acquisition_channel as text) as acquisition_channel,
    cast(coalesce(dq_fx_missing, false) as boolean) as dq_fx_missing,
    cast(coalesce(dq_refund_above_order, false) as boolean) as dq_refund_above_order,
    cast(coalesce(dq_header_items_differ, false) as boolean) as dq_header_items_differ,
    cast(coalesce(dq_ordered_at_missing, false) as boolean) as dq_ordered_at_missing,
    measured.updated_at as orders_updated_at
from {{ customers }} as customers
left join measured on {{ same_subject(subject, 'customers', 'measured') }}
left join scores on {{ same_subject(subject, 'customers', 'scores') }}
{%- endmacro %}
