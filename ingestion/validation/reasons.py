"""Exact validation of messages: one DuckDB query that returns a reason code for invalid ones.

DuckDB's JSON reader accepts NaN, Infinity and trailing commas; PostgreSQL's rejects these and NUL.
With duplicate keys, the two return different values. Valid messages mean the same to both.
"""

from __future__ import annotations

from importlib.resources.abc import Traversable

from contracts.schemas import EVENTS, FIRST_VERSION
from contracts.topics import TopicSpec
from core import sql
from ingestion.validation import sql_compiler as compiler
from ingestion.validation.schema_rules import NAMES_VERSION, TYPE, VERSION, SchemaRule, rules

#: Maximum size of a message in bytes, as Kafka's default.
LARGEST = 1 << 20
#: Maximum number of objects and arrays in a message; limits the depth for recursive parsers.
MOST_NESTED = 1_000

# Tokens are searched in the text without its strings, and only if the text may contain any.
_WITHOUT_STRINGS = r"""regexp_replace(text, '"(?:[^"\\]|\\.)*"', '""', 'g')"""
_NOT_JSON = r"(?i)nan|inf|,\s*[}\]]"
_HUGE_NUMBER = r"(?i)e[+-]?[0-9]{4}|[0-9]{400}"
_SUSPECT = r"[:,\[]\s*-?(?i:nan|inf)|,\s*[}\]]|[0-9](?i:e)[+-]?[0-9]{4}|[0-9]{400}"
_NUL_ESCAPE = r"(^|[^\\])(\\\\)*\\u0000"


def reasons(topic: TopicSpec, messages: str, folder: Traversable = EVENTS) -> str:
    """Return SQL that adds the column `reason` to messages; it is null for valid ones.

    Args:
        topic: Contract of the topic.
        messages: DuckDB relation with the columns `value` (raw bytes), `document` (JSON, null if
            `value` itself is JSON) and `fault` (reason why there is no JSON, or null).
        folder: Folder of the schemas.
    """
    found = rules(topic, folder)
    paths = tuple(dict.fromkeys(p for rule in found for p in compiler.paths(rule.schema)))
    fields = compiler.Fields(paths, "whole", "kinds", "texts")
    return sql.load(
        __package__,
        "reasons",
        messages=messages,
        paths=f"[{_list(tuple(f'$.{path}' for path in paths))}]",
        largest=str(LARGEST),
        most_nested=str(MOST_NESTED),
        nul_escape=sql.text(_NUL_ESCAPE),
        suspect=sql.text(_SUSPECT),
        text_without_strings=_WITHOUT_STRINGS,
        not_json=sql.text(_NOT_JSON),
        huge_number=sql.text(_HUGE_NUMBER),
        reason_by_schema=_by_schema(topic, found, fields),
    )


def _by_schema(topic: TopicSpec, found: list[SchemaRule], fields: compiler.Fields) -> str:
    """Return SQL for the reason by the schema of a message's type and version."""
    kind = fields.value(TYPE)
    return f"""case
        when {kind.type} is null then 'missing:{TYPE}'
        when {kind.type} <> 'VARCHAR' or {kind.text} not in ({_list(topic.types)})
            then 'unknown_type'
        {_branches(found, fields)}
        else 'unknown_version'
    end"""


def _branches(found: list[SchemaRule], fields: compiler.Fields) -> str:
    """Return SQL for the branches per type and version that apply the schema."""
    kind, schema = fields.value(TYPE), fields.value(VERSION)
    named = f"regexp_extract({schema.text}, '{NAMES_VERSION}', 1)"
    version = f"coalesce(try_cast({named} as integer), {FIRST_VERSION})"
    return " ".join(
        f"when {kind.text} in ({_list(rule.types)}) and {version} = {rule.version} "
        f"then {compiler.reason(rule.schema, fields)}"
        for rule in found
    )


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(map(sql.text, words))
