"""Trains the weights of identity with the project's dbt, and adds them to its seeds."""

from __future__ import annotations

from collections.abc import Callable

from core.settings import Settings
from identity.training.seeds import append_version
from identity.training.train import Training, train
from ingestion.landing import LandingZone
from orchestration.lib.dbt import PROJECT_DIR
from orchestration.lib.dbt_call import call_dbt


def train_weights(
    settings: Settings, records: int, *, write: bool, on_step: Callable[[str], None]
) -> Training:
    """Learns weights from the landed customers.

    Args:
        settings: Where they are.
        records: Learn from this many records at most.
        write: Add the weights to the seeds as a new version, which is not yet in force.
        on_step: Called with what is being done.

    Raises:
        ConfigurationError: Splink is not installed.
        AffiliateError: dbt failed, or there is too little to learn from.
    """
    seeds = PROJECT_DIR / "seeds"
    zone = LandingZone(settings.landing_path)
    training = train(settings, zone, call_dbt, seeds, records, on_step=on_step)
    if write:
        append_version(seeds, training.found)
    return training
