"""Private parts of other packages are used in a few modules only, each with its tests here."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "root_packages"
]
#: Packages without a documented Python interface.
INTERNAL = ("dagster_graphql", "dagster_shared", "dagster_webserver", "dbt.adapters")
ALLOWED = {
    "orchestration/lib/code_server.py",
    "orchestration/lib/dbt_errors.py",
    "web/dagster_ui.py",
}


def imported(path: Path) -> set[str]:
    """Names of the modules that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def is_private(module: str) -> bool:
    return module.startswith(INTERNAL) or (module.startswith(("dagster", "dbt")) and "._" in module)


def test_private_parts_are_imported_in_their_own_modules_only() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if any(map(is_private, imported(path)))
    }
    assert found == ALLOWED
