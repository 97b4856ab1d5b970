"""Command line of the OLTP and the sample world."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status

from core.errors import AffiliateError
from oltp import world
from oltp.migrate import migrate as apply_migrations

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
console = Console(stderr=True)

Dsn = Annotated[
    str, typer.Option(envvar="AFFILIATE_OLTP_DSN", help="PostgreSQL, as an administrator.")
]
Bootstrap = Annotated[
    str | None,
    typer.Option(
        envvar="AFFILIATE_KAFKA_BOOTSTRAP", help="Kafka's host:port; without it, no events."
    ),
]
Out = Annotated[Path, typer.Option(help="Directory for truth.parquet and world.json.")]


@app.command()
def migrate(dsn: Dsn) -> None:
    """Apply pending migrations.

    Example: python -m oltp migrate --dsn postgresql://postgres@localhost/oltp
    """
    for name in apply_migrations(dsn):
        typer.echo(f"applied {name}")


@app.command()
def create(
    dsn: Dsn,
    out: Out,
    bootstrap: Bootstrap = None,
    affiliates: Annotated[int, typer.Option(help="Affiliates.")] = 5,
    customers: Annotated[int, typer.Option(help="Customer records, of all affiliates.")] = 10_000,
    orders_per_customer: Annotated[float, typer.Option(help="Mean; guests come on top.")] = 3.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 1,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The last midnight of the world, in UTC; today unless given."
        ),
    ] = None,
) -> None:
    """Fill an empty OLTP and emit the events of two years.

    Example: python -m oltp create --dsn postgresql://postgres@localhost/oltp --out world
    """
    spec = world.WorldSpec(
        affiliates=affiliates,
        customers=customers,
        orders_per_customer=orders_per_customer,
        seed=seed,
        until=until.replace(tzinfo=UTC) if until else _today(),
    )
    with console.status("creating the world") as status:
        summary = world.create(dsn, bootstrap, spec, out, _shown_in(status))
    _echo(summary)


@app.command()
def evolve(
    dsn: Dsn,
    out: Out,
    bootstrap: Bootstrap = None,
    days: Annotated[int, typer.Option(help="By how many days.")] = 1,
) -> None:
    """Simulate more days of the world.

    Example: python -m oltp evolve --dsn postgresql://postgres@localhost/oltp --out world --days 7
    """
    _echo(world.evolve(dsn, bootstrap, out, days))


def main() -> None:
    """Run the command line; an expected error is one line and an exit code."""
    try:
        app()
    except AffiliateError as error:
        console.print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(error.exit_code)


def _today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _shown_in(status: Status) -> world.Progress:
    return lambda what, so_far: status.update(f"{what}: {so_far:,}")


def _echo(summary: world.WorldSummary) -> None:
    parts = {**summary.rows, **summary.events}
    parts["malformed messages"] = sum(summary.bad_events.values())
    for what, number in parts.items():
        typer.echo(f"{what:40}{number:>12,}")
    typer.echo(f"{'people':40}{summary.persons:>12,}")
    typer.echo(
        f"{summary.seconds:.1f} s, {summary.rows_per_second:,.0f} rows and messages a second"
    )
