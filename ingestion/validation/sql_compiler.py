"""Compile JSON Schema to DuckDB SQL, to validate a whole topic in one vectorised expression.

Supports the keywords that the schemas in `events/` use and rejects all others. One difference from
JSON Schema: integers must not have a fraction or exponent (`1.0` is invalid), because consumers
cast their text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.schemas import ANNOTATIONS
from core.sql import quote

#: What DuckDB's json_type() calls JSON Schema's types. Whole numbers beyond 64 bits are DOUBLE.
JSON_TYPES = {
    "null": ("NULL",),
    "boolean": ("BOOLEAN",),
    "integer": ("BIGINT", "UBIGINT"),
    "number": ("BIGINT", "UBIGINT", "DOUBLE"),
    "string": ("VARCHAR",),
    "array": ("ARRAY",),
    "object": ("OBJECT",),
}


@dataclass(frozen=True)
class Value:
    """SQL for one value of a document.

    Attributes:
        path: Path, such as `data.amount`; empty for the document.
        type: SQL for its json_type; null if it is missing.
        text: SQL for its text.
    """

    path: str
    type: str
    text: str

    @property
    def name(self) -> str:
        """Last part of the path, for reason codes."""
        return self.path.rpartition(".")[2]

    def child(self, name: str) -> str:
        """Path of a property."""
        return f"{self.path}.{name}" if self.path else name


@dataclass(frozen=True)
class Fields:
    """The values that a topic's schemas check; DuckDB extracts them in one pass."""

    paths: tuple[str, ...]
    document: str
    types: str
    texts: str

    def value(self, path: str) -> Value:
        """SQL for the value at a path."""
        index = self.paths.index(path) + 1
        return Value(path, f"{self.types}[{index}]", f"{self.texts}[{index}]")


def paths(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Every path that a schema describes, parents first, without the document itself."""
    for name, part in schema.get("properties", {}).items():
        below = f"{path}.{name}" if path else name
        yield below
        yield from paths(part, below)


def reason(schema: dict[str, Any], fields: Fields) -> str:
    """Return SQL for the reason code: `missing:<field>`, `contract:<field>`, or null if valid.

    Raises:
        ValueError: the schema has an unsupported keyword.
    """
    whole = Value("", "'OBJECT'", fields.document)
    cases = " ".join(f"when {test} then '{code}'" for test, code in _faults(schema, whole, fields))
    return f"case {cases} end"


def _faults(schema: dict[str, Any], value: Value, fields: Fields) -> Iterator[tuple[str, str]]:
    """Yield pairs of SQL that is true for a fault and its reason code, in order of precedence."""
    for keyword, argument in schema.items():
        if keyword not in ANNOTATIONS and keyword not in ("required", "properties"):
            yield _broken(keyword, argument, value), f"contract:{value.name}"
    for name in schema.get("required", []):
        child = fields.value(value.child(name))
        yield f"{value.type} = 'OBJECT' and {child.type} is null", f"missing:{name}"
    for name, part in schema.get("properties", {}).items():
        yield from _faults(part, fields.value(value.child(name)), fields)


def _broken(keyword: str, argument: Any, value: Value) -> str:
    """Return SQL that is true if the value violates a keyword; null or false if it is missing."""
    kind, text = value.type, value.text
    if keyword == "type":
        names = [argument] if isinstance(argument, str) else argument
        return f"{kind} not in ({_list(t for name in names for t in JSON_TYPES[name])})"
    if keyword == "const" and isinstance(argument, str):
        return f"({kind} <> 'VARCHAR' or {text} <> '{quote(argument)}')"
    if keyword in ("minimum", "maximum"):
        sign = "<" if keyword == "minimum" else ">"
        return (
            f"({kind} in ('BIGINT', 'UBIGINT') and try_cast({text} as hugeint) {sign} {argument}"
            f" or {kind} = 'DOUBLE' and try_cast({text} as double) {sign} {argument}::double)"
        )
    tests = {
        "minLength": f"length({text}) < {argument}",
        "maxLength": f"length({text}) > {argument}",
        "pattern": f"not regexp_matches({text}, '{quote(str(argument))}')",
        "format": f"try_cast({text} as timestamptz) is null",
    }
    if keyword not in tests or (keyword == "format" and argument != "date-time"):
        raise ValueError(f"unsupported JSON Schema keyword {keyword}: {argument}")
    return f"({kind} = 'VARCHAR' and {tests[keyword]})"


def _list(words: Iterator[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
