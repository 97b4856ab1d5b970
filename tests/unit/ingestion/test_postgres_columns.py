"""Which source types arrive as they are, and which as text."""

from __future__ import annotations

import pytest

from ingestion.postgres.columns import SourceColumn, issues, native_type, unexpected_column


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("boolean", "boolean"),
        ("double precision", "double"),
        ("bytea", "blob"),
        ("character varying", "text"),
        ("character varying(9)", "text"),
        ("timestamp(3) with time zone", "timestamptz"),
        ("timestamp without time zone", "timestamp"),
        ("numeric(1,0)", "decimal(1,0)"),
        ("numeric(38,38)", "decimal(38,38)"),
    ],
)
def test_lossless_type_is_kept(kind: str, expected: str) -> None:
    assert native_type(kind) == expected
    assert unexpected_column("c", kind).sent == '"c"'


@pytest.mark.parametrize(
    "kind",
    [
        "numeric",
        "numeric(39,0)",
        "numeric(3,-2)",
        "numeric(2,4)",
        "numeric(5,2)[]",
        "character(2)",
        "interval",
        "time without time zone",
        "money",
        "integer[]",
        "oid",
        "public.mood",
    ],
)
def test_other_types_are_read_as_text(kind: str) -> None:
    assert native_type(kind) is None
    column = unexpected_column("c", kind)
    assert column.landed == "text"
    assert column.sent == '"c"::text as "c"'
    assert column.unfit is None


def test_row_is_tested_once_for_any_number_of_guarded_columns() -> None:
    columns = tuple(SourceColumn(name, "date", "date") for name in ("a", "b"))
    test = 'not isfinite("a") or not isfinite("b")'
    assert issues(columns).startswith(f"case when {test} then concat_ws(")


def test_no_issues_without_guarded_columns() -> None:
    assert issues((SourceColumn("a", "bigint", "bigint"),)) == "null::text as _issues"


def test_names_are_quoted() -> None:
    assert SourceColumn('a"b', "text", "text").sent == '"a""b"'
    assert "'it''s='" in issues((SourceColumn("it's", "date", "date"),))
