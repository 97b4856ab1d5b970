"""Exact validation of messages: one DuckDB query that returns a reason code for invalid ones.

DuckDB's JSON reader accepts NaN, Infinity and trailing commas; PostgreSQL's rejects these and NUL.
With duplicate keys, the two return different values. Valid messages mean the same to both.
"""

from __future__ import annotations

from importlib.resources.abc import Traversable

from contracts.schemas import EVENTS, FIRST_VERSION
from contracts.topics import TopicSpec
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

_FORM = rf"""case
    when value is null then 'tombstone'
    when fault is not null then fault
    when octet_length(value) > {LARGEST} or strlen(document) > {LARGEST} then 'too_large'
    when text is null then 'invalid_utf8'
    when contains(text, chr(0)) then 'nul_character'
    when contains(text, '\u0000') and regexp_matches(text, '{_NUL_ESCAPE}') then 'nul_character'
    when not json_valid(text) then 'invalid_json'
    when strlen(text) > {MOST_NESTED}
        and length(text) - length(translate(text, '[{{', '')) > {MOST_NESTED} then 'too_nested'
    when json_type(text) <> 'OBJECT' then 'not_an_object'
    when regexp_matches(text, '{_SUSPECT}') then case
        when regexp_matches({_WITHOUT_STRINGS}, '{_NOT_JSON}') then 'invalid_json'
        when regexp_matches({_WITHOUT_STRINGS}, '{_HUGE_NUMBER}') then 'invalid_number'
    end
end"""


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
    kind = fields.value(TYPE)
    return f"""
    select * exclude (form, whole, names, kinds, texts), coalesce(form, case
        when whole is null then null
        when list_unique(names[1]) < len(names[1]) or list_unique(names[2]) < len(names[2])
            then 'duplicate_keys'
        when {kind.type} is null then 'missing:{TYPE}'
        when {kind.type} <> 'VARCHAR' or {kind.text} not in ({_list(topic.types)})
            then 'unknown_type'
        {_branches(found, fields)}
        else 'unknown_version'
    end) as reason
    from (
        select * exclude (text), json_keys(whole, ['$', '$.data']) as names,
            json_type(whole, {_json_paths(paths)}) as kinds,
            json_extract_string(whole, {_json_paths(paths)}) as texts
        from (
            select *, case when form is null then text end as whole
            from (select *, {_FORM} as form from (
                select *, coalesce(document, try(decode(value))) as text from {messages}
            ))
        )
    )
    """


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


def _json_paths(paths: tuple[str, ...]) -> str:
    return f"[{_list(tuple(f'$.{path}' for path in paths))}]"


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
