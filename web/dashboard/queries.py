"""The queries of the dashboard, for the internal file and for an affiliate's file.

`$start` and `$end` are months such as 2026-01, both included: the month in which a deal entered the
funnel, in which a customer first bought, or of a day. Values as of the release are not filtered.
The key of a deal is (`affiliate_id`, `deal_id`) in the internal file, (`affiliate`, `deal_id`) in
an affiliate's file; `{affiliate}` is replaced by the column. `$minimum` is the dbt variable
`funnel_minimum_decided`: with fewer decided deals, no win rate is shown.
"""

from __future__ import annotations

MONTHS = """
SELECT
    least(
        (SELECT min(cohort_month) FROM sales_funnel),
        (SELECT strftime(min(day), '%Y-%m') FROM affiliate_performance)
    )
"""

FUNNEL = """
WITH stages AS (
    SELECT
        stage_rank, stage_label, sum(reached_or_beyond)::bigint AS reached,
        sum(touched)::bigint AS touched, sum(open_now)::bigint AS open_now,
        sum(stuck_now)::bigint AS stuck, sum(lost_here)::bigint AS lost,
        sum(disqualified_here)::bigint AS disqualified, sum(expired_here)::bigint AS expired
    FROM sales_funnel
    WHERE cohort_month BETWEEN $start AND $end
    GROUP BY ALL
)

SELECT
    stage_label AS stage, reached,
    reached / nullif(lag(reached) OVER (ORDER BY stage_rank), 0) AS conversion,
    reached / nullif(first_value(reached) OVER (ORDER BY stage_rank), 0) AS from_entry,
    touched, open_now, stuck, lost, disqualified, expired
FROM stages
ORDER BY stage_rank
"""

#: Deals of months that are too recent for most of them to be decided.
IMMATURE = """
SELECT coalesce(sum(cohort_deals), 0)::bigint AS deals
FROM sales_funnel
WHERE cohort_month BETWEEN $start AND $end AND stage_rank = 1 AND NOT is_mature
"""

TIME_IN_STAGE = """
WITH visits AS (
    SELECT i.{affiliate}, i.deal_id, i.stage, i.stage_rank, sum(i.days_in_stage) AS days
    FROM deal_stage_intervals AS i
    INNER JOIN deals AS d USING ({affiliate}, deal_id)
    WHERE d.cohort_month BETWEEN $start AND $end AND i.stage_rank BETWEEN 1 AND 5
    GROUP BY ALL
),

now AS (
    SELECT stage, quantile_disc(days_in_stage, 0.5) AS days
    FROM deals
    WHERE cohort_month BETWEEN $start AND $end AND is_open
    GROUP BY stage
),

labels AS (SELECT DISTINCT stage, stage_label FROM sales_funnel)

SELECT
    l.stage_label AS stage, count(*) AS deals, quantile_disc(v.days, 0.5)::double AS median_days,
    quantile_disc(v.days, 0.9)::double AS p90_days, any_value(n.days)::double AS open_median_days
FROM visits AS v
INNER JOIN labels AS l USING (stage)
LEFT JOIN now AS n USING (stage)
GROUP BY v.stage_rank, l.stage_label
ORDER BY v.stage_rank
"""

VELOCITY = """
WITH parts AS (
    SELECT
        count(*) FILTER (is_open AND stage_rank BETWEEN 3 AND 5) AS open_qualified,
        count(*) FILTER (outcome IN ('won', 'lost', 'disqualified')) AS decided,
        count(*) FILTER (outcome = 'won') AS won,
        avg(amount_base) FILTER (outcome = 'won') AS average_won,
        quantile_disc(cycle_days, 0.5) FILTER (outcome = 'won') AS cycle
    FROM deals
    WHERE cohort_month BETWEEN $start AND $end
),

rates AS (SELECT *, CASE WHEN decided >= $minimum THEN won / decided END AS rate FROM parts)

SELECT
    open_qualified, won, decided, rate AS win_rate, average_won::double AS average_won_amount,
    cycle::double AS median_cycle_days,
    open_qualified * rate * average_won / nullif(cycle, 0) AS velocity_per_day
FROM rates
"""

FOLLOW_UPS = """
SELECT
    coalesce('owner ' || owner_id, 'no owner') AS owner, count(*) AS overdue,
    max(overdue_business_hours)::double AS longest_business_hours
FROM follow_ups
WHERE status = 'overdue'
GROUP BY owner_id
ORDER BY overdue DESC, owner
LIMIT 30
"""

RFM = """
SELECT
    r_score AS recency, f_score AS frequency, count(*) AS customers,
    count(*) / sum(count(*)) OVER () AS share, avg(m_score) AS average_m_score
FROM customer
WHERE r_score IS NOT NULL
GROUP BY r_score, f_score
ORDER BY recency DESC, frequency
"""

#: Only months that are complete for the whole cohort, so that recent cohorts do not look worse.
RETENTION = """
WITH bought AS (
    SELECT DISTINCT customer_id, date_trunc('month', order_date_local)::date AS month
    FROM customer_orders
    WHERE is_valid_sale AND customer_id IS NOT NULL AND order_date_local IS NOT NULL
),

cohorts AS (SELECT customer_id, min(month) AS cohort FROM bought GROUP BY customer_id),

sizes AS (
    SELECT cohort, count(*) AS customers
    FROM cohorts
    WHERE strftime(cohort, '%Y-%m') BETWEEN $start AND $end
    GROUP BY cohort
),

cells AS (
    SELECT cohort, customers, later::bigint AS later
    FROM sizes, range(1, 13) AS months(later)
    WHERE cohort + to_months(later::integer) < date_trunc('month', $as_of::date)
)

SELECT
    strftime(c.cohort, '%Y-%m') AS first_bought, c.customers, c.later AS months_later,
    count(b.customer_id) AS came_back, count(b.customer_id) / c.customers AS share
FROM cells AS c
INNER JOIN cohorts AS m USING (cohort)
LEFT JOIN bought AS b
    ON m.customer_id = b.customer_id AND b.month = c.cohort + to_months(c.later::integer)
GROUP BY c.cohort, c.customers, c.later
ORDER BY first_bought, months_later
"""

TREND = """
SELECT
    strftime(day, '%Y-%m') AS month, sum(new_customers)::bigint AS new_customers,
    sum(orders_count)::bigint AS orders, sum(net_amount_base)::double AS net_sales,
    count(*) FILTER (net_amount_base IS NULL) AS days_without_rate
FROM affiliate_performance
WHERE strftime(day, '%Y-%m') BETWEEN $start AND $end
GROUP BY month
ORDER BY month
"""

COMPARISON = """
SELECT
    affiliate_id AS affiliate, sum(net_amount_base)::double AS net_sales,
    sum(orders_count)::bigint AS orders, sum(new_customers)::bigint AS new_customers,
    sum(commission_net_base)::double AS commission, sum(leads)::bigint AS leads,
    sum(conversions)::bigint AS conversions
FROM affiliate_performance
WHERE strftime(day, '%Y-%m') BETWEEN $start AND $end
GROUP BY affiliate_id
ORDER BY net_sales DESC NULLS LAST, affiliate_id
"""
