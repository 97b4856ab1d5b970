"""SQL files: each parses, is loaded somewhere, and gets exactly the placeholders that it names."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
import sqlglot

from core import sql

ROOT = Path(__file__).parents[3]
FILES = sorted(file for depth in ("*", "*/*") for file in ROOT.glob(f"{depth}/sql/*.sql"))


#: All packages but `oltp`, whose statements have psycopg's parameters.
PACKAGES = (
    *("activation", "affiliate", "contracts", "core", "identity", "ingestion"),
    *("orchestration", "privacy", "serving", "warehouse", "web"),
)
STATEMENT = re.compile(r"(?i)f?['\"\s\\n]*(select|with|from|insert|delete|update|create)\b")


def placeholders(statement: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(statement) if name is not None}


def loads() -> list[tuple[Path, set[str]]]:
    """Files that `sql.load` is called with, and the placeholders that each call fills."""
    found = []
    for package in {file.relative_to(ROOT).parts[0] for file in FILES}:
        for module in (ROOT / package).rglob("*.py"):
            for call in ast.walk(ast.parse(module.read_text())):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "sql.load":
                    own, name = call.args
                    assert ast.unparse(own) == "__package__", module
                    file = module.parent / "sql" / f"{ast.literal_eval(name)}.sql"
                    found.append((file, {str(keyword.arg) for keyword in call.keywords}))
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_parses_in_its_dialect(file: Path) -> None:
    text = file.read_text()
    dialect = "postgres" if text.startswith("-- sqlfluff:dialect:postgres\n") else "duckdb"
    filled = text.format(**{name: name for name in placeholders(text)})
    statements = sqlglot.parse(filled, dialect=dialect)
    # one statement may become a part of another; a script ends each of its statements
    assert text.rstrip().endswith(";") == (len(statements) > 1)


def test_every_file_is_loaded_with_its_placeholders() -> None:
    calls = loads()
    assert {file for file, _ in calls} == set(FILES)
    for file, filled in calls:
        assert filled == placeholders(file.read_text()), file


@pytest.mark.parametrize("package", PACKAGES)
def test_statements_of_more_than_two_lines_are_files(package: str) -> None:
    long = []
    for module in (ROOT / package).rglob("*.py"):
        nodes = list(ast.walk(ast.parse(module.read_text())))
        docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        long += [
            f"{module}:{node.lineno}"
            for node in nodes
            if isinstance(node, ast.JoinedStr | ast.Constant)
            and id(node) not in docstrings
            and (node.end_lineno or 0) - node.lineno > 1
            and STATEMENT.match(ast.unparse(node))
        ]
    assert long == []


def test_load_fills_placeholders_and_refuses_a_missing_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sample" / "sql").mkdir(parents=True)
    (tmp_path / "sample" / "__init__.py").touch()
    (tmp_path / "sample" / "sql" / "rows.sql").write_text("select {columns}\nfrom {table}\n")
    monkeypatch.syspath_prepend(tmp_path)
    table = sql.name('odd"name')
    assert sql.load("sample", "rows", columns="id", table=table) == 'select id\nfrom "odd""name"'
    with pytest.raises(KeyError, match="table"):
        sql.load("sample", "rows", columns="id")
