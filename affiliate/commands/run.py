"""`affiliate run`, and its parts `ingest`, `build` and `publish`."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate import console
from affiliate.options import AsOf, Json, parse_as_of
from affiliate.progress import showing_progress
from core.settings import load_settings

AcceptDeletes = Annotated[
    bool,
    typer.Option(
        "--accept-deletes", help="Accept mass deletions (more than 20 % of a table's rows)."
    ),
]


def run(as_of: AsOf = None, accept_deletes: AcceptDeletes = False, json: Json = False) -> None:
    """Run the whole pipeline: ingest, validate, build, test and publish a release.

    Example: affiliate run --as-of 2026-01-31T00:00:00Z
    """
    _execute("everything", as_of, json, accept_deletes=accept_deletes)


def ingest(accept_deletes: AcceptDeletes = False, json: Json = False) -> None:
    """Ingest new rows and events from PostgreSQL and Kafka, and validate them.

    Example: affiliate ingest --accept-deletes
    """
    _execute("ingest", None, json, accept_deletes=accept_deletes)


def build(as_of: AsOf = None, json: Json = False) -> None:
    """Load ingested data into the warehouse, and build and test the dbt models.

    Example: affiliate build --as-of 2026-01-31
    """
    _execute("build", as_of, json)


def publish(json: Json = False) -> None:
    """Check the marts of the last build and publish them as a release.

    Example: affiliate publish
    """
    _execute("publish", None, json)


def _execute(job: str, as_of: str | None, json: bool, *, accept_deletes: bool = False) -> None:
    settings, instant = load_settings(), parse_as_of(as_of)
    with showing_progress() as progress:
        from orchestration.execute import execute

        release = execute(
            job, settings, as_of=instant, accept_deletes=accept_deletes, on_step=progress
        )
    if json:
        console.print_json(
            {"job": job, "steps": progress.done, "release": release and release.as_json()}
        )
    elif release:
        console.out.print(f"release [bold]{release.release}[/]  {release.path}")
