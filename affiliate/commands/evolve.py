"""`affiliate evolve`: the sample world goes on, so that the next run has something to do."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate import console
from core.errors import ConfigurationError
from core.settings import load_settings
from ingestion import servers


def evolve(
    days: Annotated[int, typer.Option(min=1, metavar="N", help="Days to let pass.")] = 1,
) -> None:
    """Let the sample world of `affiliate demo` go on by a day.

    Example: affiliate evolve --days 7
    """
    settings = load_settings()
    if settings.uses_external_server:
        raise ConfigurationError("only the sample world of the embedded servers evolves")
    if not (settings.world_path / "world.json").exists():
        raise ConfigurationError("there is no sample world yet: run `affiliate demo` first")
    from oltp.world import evolve as evolve_world

    with console.err.status("The world goes on"):
        dsn = servers.oltp_admin_dsn(settings)
        bootstrap = servers.kafka(settings).config["bootstrap.servers"]
        summary = evolve_world(dsn, bootstrap, settings.world_path, days)
    rows, events = sum(summary.rows.values()), sum(summary.events.values())
    console.out.print(f"{rows:,} rows changed, {events:,} events sent")
