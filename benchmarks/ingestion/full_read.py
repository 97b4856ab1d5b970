"""Question 1: how fast a whole table is landed, and in how much memory."""

from __future__ import annotations

from benchmarks.ingestion.contender import Job
from benchmarks.ingestion.measure import Contender, Result, Runner
from benchmarks.ingestion.report import comparison
from benchmarks.ingestion.servers import Servers
from benchmarks.ingestion.tables import BenchTable, add_customers, make_narrow, make_wide
from benchmarks.ingestion.verify import TableVerifier
from benchmarks.shared.pages import Goal, Section, at_least, at_most

FLOOR = Contender("binary `COPY` of one backend, discarded", "copy_to_nowhere")
TEXT = Contender("text `COPY` of one backend, discarded", "copy_text_to_nowhere")
PLATFORM = Contender("**this platform**, landed and synced to disk", "platform_table")
DLT = (
    Contender("dlt, connectorx, one query", "dlt_table", repeats=2, is_peer=True),
    Contender("dlt, connectorx, 2 streams", "dlt_table_streamed", repeats=2, is_peer=True),
)
CONTENDERS = (
    FLOOR,
    TEXT,
    PLATFORM,
    Contender("DuckDB's extension alone", "duckdb_extension"),
    Contender("ADBC → pyarrow", "adbc", is_peer=True),
    *DLT,
    Contender("pandas `read_sql`", "pandas_table", repeats=1, share=0.1, is_peer=True),
)
PEAK_MB = 400
TITLES = {
    "affiliate_customer": "customers",
    "wide": "a wide table",
    "narrow": "a narrow table",
}


def sections(runner: Runner, servers: Servers, scale: float) -> list[Section]:
    """A comparison for each shape of table."""
    tables = (
        add_customers(servers.admin, int(2_000_000 * scale)),
        make_wide(servers.admin, int(200_000 * scale)),
        make_narrow(servers.admin, int(5_000_000 * scale)),
    )
    return [_section(runner, table, servers.reader) for table in tables]


def _section(runner: Runner, table: BenchTable, dsn: str) -> Section:
    job = Job(dsn, table.name, table.rows, "", list(table.columns))
    results = runner.compare(CONTENDERS, job, TableVerifier(dsn))
    size = f"{table.rows:,} rows, {len(table.all_columns)} columns"
    title = f"PostgreSQL to Parquet: {TITLES[table.name.split('.')[1]]}, {size}"
    return comparison(title, "", results, _goals({r.contender: r for r in results}))


def _goals(results: dict[Contender, Result]) -> list[Goal]:
    platform = results[PLATFORM]
    goals = [
        at_least("rate relative to binary `COPY`", 0.95, platform.ratio),
        at_least("rate relative to text `COPY`", 0.95, platform.ratio / results[TEXT].ratio),
        at_most("peak memory", PEAK_MB, platform.peak_mb, "MB"),
    ]
    if dlt := [results[contender].ratio for contender in DLT if contender in results]:
        goals.insert(2, at_least("rate relative to the faster dlt", 2.5, platform.ratio / max(dlt)))
    return goals
