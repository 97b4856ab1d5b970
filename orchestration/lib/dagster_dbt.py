"""What is used of dagster-dbt, without dbt beside it: dbt runs in processes of its own.

Where dagster-dbt finds dbt-core it imports half of it, a second of every start, to select from the
manifest what it reads from it at once where dbt-core is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: What dagster-dbt looks for.
SIGN_OF_DBT = "dbt.version"


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Importing the module fails in this block."""
    found = sys.modules.get(module)
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
        if found is not None:
            sys.modules[module] = found


with _hidden(SIGN_OF_DBT):
    from dagster_dbt import (
        DagsterDbtTranslator,
        DagsterDbtTranslatorSettings,
        DbtCliResource,
        DbtProject,
        dbt_assets,
    )

__all__ = [
    "DagsterDbtTranslator",
    "DagsterDbtTranslatorSettings",
    "DbtCliResource",
    "DbtProject",
    "dbt_assets",
]
