"""Shapes of documents: a producer writes the same members, order and whitespace every time.

Replacing the values of a valid document by patterns for valid values gives a pattern that matches
only valid documents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.schemas import FIRST_VERSION, Schema
from ingestion.validation import fast_patterns as accept
from ingestion.validation.schema_rules import NAMES_VERSION, TYPE, VERSION, SchemaRule

DATA = "data"
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[ \t\r\n]+|[^"{}\[\]:, \t\r\n]+')


@dataclass(frozen=True)
class Shape:
    """Shape of a producer's documents.

    Attributes:
        expression: RE2 pattern without Unicode; matches the whole document.
        fixed: Number of bytes that are equal in every document.
    """

    expression: str
    fixed: int


def shape(document: str, rules: list[SchemaRule]) -> Shape | None:
    """Return the shape of a document, or None if no pattern can describe it.

    Args:
        document: Valid JSON document.
        rules: Rules of its topic.
    """
    try:
        event = json.loads(document)
        parts = list(_parts(document, _rule(event, rules)))
    except (ValueError, RecursionError):
        return None
    fixed = sum(len(text.encode()) for is_value, text in parts if not is_value)
    expression = (text if is_value else accept.literal(text) for is_value, text in parts)
    return Shape("".join(expression), fixed)


def limits(rules: list[SchemaRule]) -> dict[str, int]:
    """Return the smallest maximum length of each member's strings, over all rules and levels."""
    least: dict[str, int] = {}
    for rule in rules:
        for level in ("", DATA):
            for name, part in _level(rule.schema, level).items():
                most = accept.limit(part)
                if most is not None:
                    least[name] = min(most, least.get(name, most))
    return least


def _parts(document: str, rule: SchemaRule) -> Iterator[tuple[bool, str]]:
    """Whether it is an expression for a value, and the text of it.

    Raises:
        ValueError: there is no expression for the values.
    """
    levels: list[str] = []
    name, before = "", ""
    for piece in _PIECE.findall(document):
        if piece == "{":
            levels.append(name)
        elif piece == "}":
            levels.pop()
        if levels not in ([], [""], ["", DATA]) or piece == "[":
            raise ValueError("nested")
        is_member = piece.startswith('"') and before in ("{", ",")
        name = piece[1:-1] if is_member else name
        if before == ":" and not piece.isspace() and piece != "{":
            yield True, _value(name, piece, levels[-1], rule)
        elif is_member and "\\" in name:
            raise ValueError("escaped")
        else:
            yield False, piece
        before = before if piece.isspace() else piece


def _value(name: str, text: str, level: str, rule: SchemaRule) -> str:
    if not level and name == TYPE:
        return f"(?:{'|'.join(accept.literal(json.dumps(t)) for t in rule.types)})"
    part = _level(rule.schema, level).get(name)
    if part is None:
        return accept.ANYTHING
    is_version = not level and name == VERSION  # it chose the rule
    expression = accept.literal(text) if is_version else accept.value(part)
    if expression is None or (is_version and "\\" in text):
        raise ValueError("unclear")
    return expression


def _rule(event: dict[str, str | None], rules: list[SchemaRule]) -> SchemaRule:
    """Return the rule of a valid event."""
    named = re.search(NAMES_VERSION, event.get(VERSION) or "")
    version = int(named[1]) if named else FIRST_VERSION
    found = (r for r in rules if event[TYPE] in r.types and r.version == version)
    rule = next(found, None)
    if rule is None:
        raise ValueError("unknown")
    return rule


def _level(schema: Schema, level: str) -> Schema:
    parts: Schema = schema.get("properties", {})
    return parts.get(level, {}).get("properties", {}) if level else parts
