"""The levels of the dbt project, and the SQL that weighs them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from identity.training.levels import Levels
from tests.dbt.dbt_warehouse import Warehouse

ASK = """
{%- set weights = {} -%}
{%- for field in identity_levels() -%}
    {%- do weights.update({field: field_weight(field)}) -%}
{%- endfor -%}
{{ {"levels": identity_levels(), "weights": weights} | tojson }}
"""


@dataclass(frozen=True)
class DbtRules:
    """What dbt renders.

    Attributes:
        levels: How records compare.
        weights: Field → SQL of its weight, over `a`, `b`, `weights` and `terms_…`.
    """

    levels: Levels
    weights: dict[str, str]


def ask_dbt(folder: Path) -> DbtRules:
    """Renders the macros."""
    done = Warehouse("offline", "", folder).dbt("--quiet", "compile", "--inline", ASK)
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout[done.stdout.index("{") :])
    return DbtRules(found["levels"], found["weights"])
