"""The demo: a sample world on the embedded servers, and a first run of everything on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import ConfigurationError
from core.settings import Settings
from ingestion import servers
from oltp import world
from orchestration.execute import StepEvent, execute
from serving import current_release, open_release

#: Name of the step that creates the sample world; no job contains it.
CREATE_WORLD = "sample_world"


@dataclass(frozen=True)
class Demo:
    """The result of a demo.

    Attributes:
        customers: Unified customers of the release.
        shared: Of them, those known to more than one affiliate.
        release: Directory of the release.
        seconds: Duration of all steps.
    """

    customers: int
    shared: int
    release: Path
    seconds: float


def demo(
    settings: Settings,
    *,
    affiliates: int,
    customers: int,
    seed: int,
    on_world: Callable[[world.WorldSummary | None], None],
    on_step: Callable[[StepEvent], None],
) -> Demo:
    """Creates the sample world unless there is one, and runs everything.

    Args:
        settings: Where everything is; no external server may be set.
        affiliates: Number of affiliates of the world.
        customers: Number of customer records.
        seed: The same seed gives the same world.
        on_world: Called with the new world; with None if there was one already.
        on_step: As for `execute`; also called when the creation of the world starts.

    Raises:
        ConfigurationError: a server is set that the demo must not fill.
        AffiliateError: as for `execute`.
    """
    started = time.monotonic()
    _require_embedded(settings, "the demo fills embedded servers only")
    if _world_exists(settings):
        on_world(None)
    else:
        on_step(StepEvent(CREATE_WORLD, "start"))
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        # one day is left for `affiliate evolve`, which must not create events of the future
        until = today - timedelta(days=1)
        spec = world.WorldSpec(affiliates=affiliates, customers=customers, seed=seed, until=until)
        on_world(world.create(*_servers(settings), spec, settings.world_path))
    execute("everything", settings, on_step=on_step)
    with open_release(settings) as connection:
        [(unified, shared)] = connection.execute(
            "select count(*), count(*) filter (affiliates_count > 1) from marts.customer"
        ).fetchall()
    return Demo(unified, shared, current_release(settings), time.monotonic() - started)


def evolve(settings: Settings, days: int) -> world.WorldSummary:
    """Simulates more days of activity in the sample world.

    Raises:
        ConfigurationError: a server is set that is not the demo's, or there is no sample world.
    """
    _require_embedded(settings, "only the demo data on the embedded servers can evolve")
    if not _world_exists(settings):
        raise ConfigurationError("there is no demo data yet: run `affiliate demo` first")
    return world.evolve(*_servers(settings), settings.world_path, days)


def _require_embedded(settings: Settings, rule: str) -> None:
    if settings.uses_external_server:
        raise ConfigurationError(
            f"{rule}: unset AFFILIATE_OLTP_DSN, AFFILIATE_KAFKA_BOOTSTRAP and "
            "AFFILIATE_WAREHOUSE_DSN"
        )


def _world_exists(settings: Settings) -> bool:
    return (settings.world_path / "world.json").exists()


def _servers(settings: Settings) -> tuple[str, str]:
    """Administrator's DSN of the OLTP, and the broker's address."""
    return servers.oltp_admin_dsn(settings), servers.kafka(settings).config["bootstrap.servers"]
