"""Train match weights with the project's dbt, and append them to its seeds."""

from __future__ import annotations

from collections.abc import Callable

from core.settings import Settings
from identity.training import Training, append_version, run_training
from ingestion.landing import LandingZone
from orchestration.lib.dbt import PROJECT_DIR
from orchestration.lib.dbt_call import call_dbt


def train_weights(
    settings: Settings, records: int, *, write: bool, on_step: Callable[[str], None]
) -> Training:
    """Train weights on the landed customers.

    Args:
        settings: Settings of the platform.
        records: Maximum number of records to train on.
        write: Append the weights to the seeds as a new version, which is not yet in force.
        on_step: Called with the name of each step.

    Raises:
        ConfigurationError: Splink is not installed.
        AffiliateError: dbt failed, or there is too little data.
    """
    seeds = PROJECT_DIR / "seeds"
    zone = LandingZone(settings.landing_path)
    training = run_training(settings, zone, call_dbt, seeds, records, on_step=on_step)
    if write:
        append_version(seeds, training.found)
    return training
