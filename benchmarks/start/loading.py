"""Definitions in a new process, beside importing what they need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from statistics import median

from benchmarks.shared.pages import Section, at_most
from benchmarks.start.turns import beside, in_turns, python

LOAD_SECONDS = 6.0
FLOOR = "`import dagster, dagster_dbt`"
WHOLE = "everything"
SCRIPTS = {
    FLOOR: "import dagster, dagster_dbt",
    "only ingestion, for `affiliate ingest`": (
        "from orchestration.landing_definitions import build_landing_definitions as build\n"
        "build().get_repository_def()"
    ),
    WHOLE: (
        "from core.settings import load_settings\n"
        "from orchestration.definitions import build_definitions\n"
        "build_definitions(load_settings()).get_repository_def()"
    ),
}


def loading(environment: Mapping[str, str]) -> Section:
    """The code location as it is loaded, and its part without dbt."""
    turns = in_turns({name: partial(python, text, environment) for name, text in SCRIPTS.items()})
    goals = [at_most(WHOLE, LOAD_SECONDS, round(median(turns[WHOLE]), 2), "s")]
    header = ("measurement", "seconds", "ratio to the imports")
    return Section("Loading the code location", "", header, beside(turns, FLOOR), goals)
