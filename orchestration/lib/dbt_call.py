"""dbt outside a run: on a warehouse of its own, and without a log of it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from core.errors import AffiliateError
from core.settings import Settings
from orchestration.lib.dbt import DBT, PROJECT_DIR, artefacts, build_environment


def call_dbt(settings: Settings, arguments: Sequence[str]) -> str:
    """Runs dbt on the warehouse of the settings, as of their instant or now.

    Args:
        settings: Engine, warehouse, and the home that dbt writes below.
        arguments: Command and options.

    Returns:
        What it printed.

    Raises:
        AffiliateError: it failed. Its text is not repeated: databases put values into it.
    """
    instant = settings.as_of or datetime.now(UTC)
    done = subprocess.run(
        [DBT, "--quiet", "--no-use-colors", *arguments],
        env={**os.environ, **build_environment(settings, instant)},
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AffiliateError(f"dbt {arguments[0]} failed{_where(settings)}")
    return done.stdout


def _where(settings: Settings) -> str:
    """Names of the nodes that failed, if it came so far."""
    with suppress(OSError, ValueError):
        text = (artefacts(settings) / "target" / "run_results.json").read_text()
        results = json.loads(text)["results"]
        failed = [str(r["unique_id"]) for r in results if r["status"] in {"error", "fail"}]
        if failed:
            return f" at {', '.join(failed)}"
    return " before it came to a model: `dbt parse` in dbt_project tells more"
