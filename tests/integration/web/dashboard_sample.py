"""A release by hand: two affiliates, few rows, the tables the dashboard reads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.settings import Settings
from serving import FileEntry, Release
from serving.manifest import TableEntry

AS_OF = datetime(2026, 3, 15, tzinfo=UTC)
#: A value that would be script and markup if it was not escaped.
HOSTILE = "</script><script>document.title='owned'</script>"

_STAGES = """
(VALUES (1, 'untouched', 'Untouched'), (2, 'contact_made', 'Contact made'),
    (3, 'qualified', 'Qualified'), (4, 'demo', 'Demo'), (5, 'negotiation', 'Negotiation'),
    (6, 'won', 'Deals Won')) AS stages(stage_rank, stage, stage_label)
"""
#: Deal i of an affiliate has come to rank i % 6 + 1; affiliate 1 has 12 deals, affiliate 2 has 6.
_TABLES = {
    "deals": """
        SELECT {own}, 'deal ' || i AS deal_id, i % 6 + 1 AS stage_rank, s.stage,
            CASE i % 6 WHEN 5 THEN 'won' ELSE 'open' END AS outcome, i % 6 < 5 AS is_open,
            CASE WHEN i < 6 THEN '2026-01' ELSE '2026-02' END AS cohort_month,
            (i * 10)::decimal(12, 2) AS days_in_stage, 4::decimal(12, 2) AS cycle_days,
            100::decimal(18, 2) AS amount_base
        FROM shops, range(12 // shop) AS r(i), {stages} WHERE s.stage_rank = i % 6 + 1
    """,
    "deal_stage_intervals": """
        SELECT {own}, 'deal ' || i AS deal_id, s.stage_rank, s.stage,
            (i + s.stage_rank)::decimal(12, 2) AS days_in_stage
        FROM shops, range(12 // shop) AS r(i), {stages} WHERE s.stage_rank <= i % 6 + 1
    """,
    "sales_funnel": """
        SELECT {own}, month AS cohort_month, s.stage, s.stage_rank, s.stage_label,
            6 AS cohort_deals, 7 - s.stage_rank AS reached_or_beyond, 7 - s.stage_rank AS touched,
            1 AS open_now, 0 AS stuck_now, 0 AS lost_here, 0 AS disqualified_here,
            0 AS expired_here, month < '2026-02' AS is_mature
        FROM shops, (VALUES ('2026-01', 1), ('2026-02', 2)) AS months(month, n), {stages}
        WHERE shop * n < 4
    """,
    "affiliate_performance": """
        SELECT {own}, day::date AS day, shop * 3 AS new_customers, 5 AS orders_count,
            (shop * 1000)::decimal(18, 2) AS net_amount_base,
            10::decimal(18, 2) AS commission_net_base, 2 AS leads, 1 AS conversions
        FROM shops, range(DATE '2026-01-05', DATE '2026-03-06', INTERVAL 1 MONTH) AS r(day)
    """,
    "customer": """
        SELECT 'c' || shop || i AS customer_id, i % 5 + 1 AS r_score, i % 3 + 1 AS f_score,
            3 AS m_score
        FROM shops, range(10) AS r(i)
    """,
    "customer_orders": """
        SELECT {own}, 'c' || shop || i AS customer_id, true AS is_valid_sale,
            DATE '2026-01-10' + to_months(n::integer) AS order_date_local
        FROM shops, range(10) AS r(i), range(2) AS months(n) WHERE n = 0 OR i < 4
    """,
}
_FOLLOW_UPS = f"""
    SELECT 1 AS affiliate_id, '{HOSTILE.replace("'", "''")}' AS owner_id, 'overdue' AS status,
        9 AS overdue_business_hours
"""


def build_release(settings: Settings) -> Path:
    """Makes a release of `customer_olap.duckdb` and a file for each of two shops current."""
    folder = settings.releases_path / "20260315T000000000000Z-00000000"
    (folder / "affiliates").mkdir(parents=True)
    files = {"customer_olap.duckdb": _file(folder / "customer_olap.duckdb", None)}
    for shop in (1, 2):
        path = f"affiliates/shop-{shop}.duckdb"
        files[path] = _file(folder / path, shop)
    Release(folder.name, AS_OF, "duckdb", AS_OF, None, files, (), {}, folder).write(folder)
    (settings.releases_path / "current").symlink_to(folder.name)
    return folder


def _file(path: Path, shop: int | None) -> FileEntry:
    own = "shop AS affiliate_id" if shop is None else "'shop-' || shop AS affiliate"
    with duckdb.connect(path) as file:
        file.execute("CREATE SCHEMA marts")
        file.execute("USE marts")
        file.execute("CREATE TEMP TABLE shops AS SELECT unnest([1, 2]) AS shop")
        if shop is not None:
            file.execute("DELETE FROM shops WHERE shop <> ?", [shop])
        for table, query in _TABLES.items():
            asked = query.format(own=own, stages=_STAGES.replace("AS stages", "AS s"))
            file.execute(f"CREATE TABLE marts.{table} AS {asked}")
        if shop is None:
            file.execute(f"CREATE TABLE marts.follow_ups AS {_FOLLOW_UPS}")
        tables = {table: TableEntry(len(file.table(f"marts.{table}")), (), "") for table in _TABLES}
    return FileEntry("", path.stat().st_size, tables, (), shop)
