{# The columns of customer_measures for a select list; both grains use these names. #}
{% macro customer_measure_columns(relation) -%}
    {%- for column in [
        'orders_count', 'orders_count_gross', 'order_days', 'currency', 'currencies_count',
        'total_purchase', 'total_purchase_gross', 'total_purchase_refunded',
        'orders_30d', 'net_30d', 'net_booked_30d', 'orders_90d', 'net_90d', 'net_booked_90d',
        'orders_365d', 'net_365d', 'net_booked_365d',
        'avg_ticket', 'avg_ticket_gross', 'median_ticket', 'max_ticket', 'last_ticket',
        'total_purchase_base', 'net_base_365d', 'avg_ticket_base',
        'first_order_at', 'last_order_at', 'last_any_order_at', 'recency_days',
        'median_gap_days', 'expected_gap_days', 'churn_ratio', 'churn_risk', 'lifecycle_stage',
        'r_score', 'f_score', 'm_score', 'rfm_segment',
        'btyd_frequency', 'btyd_recency', 'btyd_t', 'btyd_monetary',
        'commission_base', 'ltv_historical', 'ltv_12m_expected', 'ltv_method',
        'acquisition_channel', 'dq_fx_missing', 'dq_refund_above_order',
        'dq_header_items_differ', 'dq_ordered_at_missing',
    ] %}
    {{ relation }}.{{ column }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
