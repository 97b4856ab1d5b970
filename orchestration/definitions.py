"""What Dagster loads; wiring only."""

from __future__ import annotations

import dagster as dg

from core.settings import Settings, load_settings
from orchestration.defs import jobs
from orchestration.defs.alerts import build_alerts
from orchestration.defs.dbt.models import build_dbt_assets
from orchestration.defs.identity.ledger import identity_ledger
from orchestration.defs.privacy import erasures
from orchestration.defs.serving.after_landing import after_landing
from orchestration.defs.serving.release import customer_olap
from orchestration.defs.warehouse.raw import raw_tables
from orchestration.landing_definitions import build_landing_definitions
from orchestration.lib.manifest import ensure_manifest
from orchestration.lib.platform import platform


def build_definitions(settings: Settings) -> dg.Definitions:
    """The whole graph for these settings.

    One process executes a whole run: the steps wait for each other anyway (one warehouse, one
    writer), and a process per step would spend most of its time on imports.
    """
    return dg.Definitions.merge(
        build_landing_definitions(),
        dg.Definitions(
            assets=[
                erasures.erased,
                raw_tables,
                build_dbt_assets(settings),
                identity_ledger,
                customer_olap,
                erasures.receipts,
            ],
            jobs=jobs.JOBS,
            schedules=[jobs.daily],
            sensors=[after_landing, build_alerts(settings)],
            resources={"platform": platform},
            executor=dg.in_process_executor,
        ),
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The entry point of the code location: the graph for the settings in the environment."""
    settings = load_settings()
    ensure_manifest(settings)
    return build_definitions(settings)
