"""`affiliate run`, and its parts `ingest`, `build` and `publish`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

from affiliate import console
from core.errors import ConfigurationError
from core.instant import parse_instant
from core.settings import Settings, load_settings

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="The instant every relative measure uses (ISO 8601, UTC if no offset). "
        "Default: AFFILIATE_AS_OF, else the start of the run.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

AcceptDeletes = Annotated[
    bool,
    typer.Option(
        "--accept-deletes", help="Land it even when more than a fifth of a table vanished."
    ),
]

SHOWN_NOTES = 5

STEPS = {
    "oltp_tables": ("Ingest OLTP tables", "row versions landed"),
    "kafka_topics": ("Ingest Kafka topics", "events landed"),
    "arrivals": ("Check what arrived", "expectations"),
    "privacy__erased": ("Erase who asked for it", "rows erased"),
    "raw_tables": ("Load the warehouse", "rows loaded"),
    "dbt_models": ("Build and test models", "rows built"),
    "identity__ledger": ("Make persons' ids durable", "ledger rows landed"),
    "release__customer_olap": ("Check and publish", "rows published"),
    "privacy__receipts": ("Finish erasures", "receipts written"),
}


def run(as_of: AsOf = None, accept_deletes: AcceptDeletes = False, json: Json = False) -> None:
    """Ingest what is new, build, check and publish a release.

    Example: affiliate run --as-of 2026-01-31T00:00:00Z
    """
    report("everything", as_of, json, accept_deletes=accept_deletes)


def ingest(accept_deletes: AcceptDeletes = False, json: Json = False) -> None:
    """Land what is new in the OLTP and in Kafka, and check it.

    Example: affiliate ingest --accept-deletes
    """
    report("ingest", None, json, accept_deletes=accept_deletes)


def build(as_of: AsOf = None, json: Json = False) -> None:
    """Load what was landed into the warehouse and build the dbt models.

    Example: affiliate build --as-of 2026-01-31
    """
    report("build", as_of, json)


def publish(json: Json = False) -> None:
    """Check the marts of the last build and publish them as a release.

    Example: affiliate publish
    """
    report("publish", None, json)


def report(job: str, as_of: str | None, json: bool, *, accept_deletes: bool = False) -> None:
    """Executes the job with a line per step, then tells what came of it."""
    settings = load_settings()
    instant = parse_as_of(as_of)
    steps = execute_with_progress(job, settings, instant, accept_deletes=accept_deletes)
    release = current_release(settings) if job in {"everything", "publish"} else None
    if json:
        console.print_json({"job": job, "steps": steps, "release": release})
    elif release:
        console.out.print(f"release [bold]{release['release']}[/]  {release['path']}")


def execute_with_progress(
    job: str, settings: Settings, as_of: datetime | None, *, accept_deletes: bool = False
) -> list[dict[str, Any]]:
    """Runs the job and prints a line per step on standard error."""
    from ingestion.health import preflight
    from orchestration.lib.garbage import collect_rarely
    from privacy.pseudonym import load_key

    load_key(settings)
    preflight(settings)
    collect_rarely()
    with console.only_ours() as terminal:
        from orchestration.execute import StepEvent, execute

        done: list[dict[str, Any]] = []
        with console.working(terminal, "Preparing") as now:

            def show(event: StepEvent) -> None:
                title, unit = STEPS.get(event.step, (event.step, "rows"))
                if event.kind == "start":
                    now(title)
                    return
                if event.kind == "success":
                    done.append(
                        {
                            "step": event.step,
                            "rows": event.rows,
                            "seconds": event.seconds,
                            "notes": list(event.notes),
                        }
                    )
                    console.step_line(terminal, title, event.rows, unit, event.seconds or 0)
                else:
                    terminal.print(f"[red]✗[/] {title}")
                for note in event.notes[:SHOWN_NOTES]:
                    terminal.print(f"  [yellow]![/] {escape(note)}")
                if len(event.notes) > SHOWN_NOTES:
                    more = len(event.notes) - SHOWN_NOTES
                    terminal.print(f"  [yellow]![/] and {more} more: see `affiliate up`")

            execute(job, settings, as_of=as_of, accept_deletes=accept_deletes, on_step=show)
    return done


def current_release(settings: Settings) -> dict[str, Any]:
    """The manifest of the current release, and its path."""
    import json

    path = (settings.releases_path / "current").resolve()
    return {"path": str(path), **json.loads((path / "manifest.json").read_text())}


def parse_as_of(text: str | None) -> datetime | None:
    """An ISO 8601 instant; without offset it is UTC.

    Raises:
        ConfigurationError: it is none.
    """
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        raise ConfigurationError(f"--as-of is {error}") from None
