"""dbt commands outside a run, such as `dbt docs generate`."""

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
    """Runs dbt on the warehouse of the settings, as of their `as_of` or now.

    Args:
        settings: Engine, warehouse and home.
        arguments: dbt command and options.

    Returns:
        Standard output.

    Raises:
        AffiliateError: it failed. The message omits dbt's text, which may contain row values.
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
    """Names of the failed nodes, if dbt got that far."""
    with suppress(OSError, ValueError):
        text = (artefacts(settings) / "target" / "run_results.json").read_text()
        results = json.loads(text)["results"]
        failed = [str(r["unique_id"]) for r in results if r["status"] in {"error", "fail"}]
        if failed:
            return f" at {', '.join(failed)}"
    return " before the first model: run `dbt parse` in dbt_project for details"
