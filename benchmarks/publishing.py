"""What affiliates' files cost a release: seconds, bytes and memory, beside the internal file alone.

.venv/bin/python -m benchmarks.publishing --write
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.marts.platform import AS_OF, UNTESTED, build_by_dbt, parse
from benchmarks.marts.world import fill
from benchmarks.shared.pages import Section, document, machine
from benchmarks.shared.programs import ROOT, run_program
from core.settings import Settings
from warehouse.connection import open_warehouse

RESULTS = ROOT / "benchmarks" / "results" / "publishing.md"
COMMAND = "make bench-publish"
AFFILIATES = 200
#: How many of them are active, and so get a file; nobody: the internal file alone.
COUNTS = (0, 20, 200)
PUBLISH = (
    "from core.settings import load_settings\n"
    "from serving import publish\n"
    "print(publish(load_settings()).path)\n"
)
HEADER = (
    "affiliates' files", "seconds", "seconds per file", "relative to the internal file", "MB",
    "KB per file", "relative to the internal file", "peak MB",
)  # fmt: skip


@dataclass(frozen=True)
class Published:
    """One release.

    Attributes:
        seconds: Of the whole program.
        peak_mb: Most memory that it held.
        internal: Bytes of the internal file.
        files: Bytes of each affiliate's file.
    """

    seconds: float
    peak_mb: float
    internal: int
    files: list[int]


def measure(
    orders: Annotated[int, typer.Option(help="Of the world; customers are a tenth.")] = 20_000,
    write: Annotated[bool, typer.Option(help="Write the page.")] = False,
) -> None:
    """Builds one warehouse, publishes it for more and more affiliates, prints the page."""
    with tempfile.TemporaryDirectory(prefix="bench-publishing-") as folder:
        settings = Settings(home=Path(folder), _env_file=None)
        fill(settings, orders, AFFILIATES)
        parse(settings)
        build_by_dbt(settings, UNTESTED)
        with open_warehouse(settings) as connection:
            # to dbt it is not complete: identity is given, and nothing was tested
            connection.execute("insert into wh.meta.build values ($1, 1, 'untested')", [AS_OF])
        releases = {count: _publish(settings, count) for count in COUNTS}
    about = [
        machine(("duckdb", "pyarrow", "cryptography"), ()),
        f"`{COMMAND}` writes this page. One warehouse of {AFFILIATES} affiliates, "
        f"{orders:,} orders and {orders // 10:,} customer records is published with none, some and "
        "all of the affiliates active, each time in a new process and with all checks. The seconds "
        "of a file are the time that it adds to a release without affiliates' files. Each "
        f"affiliate has {100 / AFFILIATES:.1f} % of all rows.",
    ]
    page = document("Publishing", about, [Section("Releases", "", HEADER, _rows(releases))])
    if write:
        RESULTS.write_text(page)
    typer.echo(page)


def _publish(settings: Settings, active: int) -> Published:
    with open_warehouse(settings) as connection:
        connection.execute(
            "update wh.staging.stg_oltp__affiliates "
            f"set status = case when affiliate_id <= {active} then 'active' else 'closed' end"
        )
    environment = {"AFFILIATE_HOME": str(settings.home)}
    output, seconds, peak = run_program([sys.executable, "-c", PUBLISH], environment)
    release = Path(output.splitlines()[-1])
    sizes = {name: file["bytes"] for name, file in
             json.loads((release / "manifest.json").read_text())["files"].items()}  # fmt: skip
    internal = sizes.pop("customer_olap.duckdb")
    assert len(sizes) == active
    return Published(seconds, peak, internal, list(sizes.values()))


def _rows(releases: dict[int, Published]) -> list[tuple[str, ...]]:
    alone = releases[0]
    rows: list[tuple[str, ...]] = []
    for count, found in releases.items():
        each = (found.seconds - alone.seconds) / count if count else 0.0
        size = sum(found.files) / count if count else 0.0
        a_file = (
            f"{each:.3f}", f"{each / alone.seconds:.4f}",
            f"{size / 1e3:,.0f}", f"{size / found.internal:.3f}",
        ) if count else ("", "", "", "")  # fmt: skip
        total = (found.internal + sum(found.files)) / 1e6
        rows.append(
            (
                str(count), f"{found.seconds:.1f}", *a_file[:2], f"{total:,.1f}", *a_file[2:],
                f"{found.peak_mb:,.0f}",
            )
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    typer.run(measure)
