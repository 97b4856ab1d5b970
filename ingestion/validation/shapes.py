"""How a producer writes its documents: the same members, order and spaces, other values.

A good document whose values are replaced by expressions for good values is an expression that
matches good documents only.
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
    """The documents of a producer.

    Attributes:
        expression: For RE2 without Unicode; matches the whole document.
        fixed: Bytes that are the same in every document.
    """

    expression: str
    fixed: int


def shape(document: str, rules: list[SchemaRule]) -> Shape | None:
    """The shape of a document, if one expression can say what is good in it.

    Args:
        document: JSON that the exact judge finds good.
        rules: Of its topic.
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
    """Member → characters that its strings may have in every rule and at every level."""
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
    """The rule of a good event."""
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
