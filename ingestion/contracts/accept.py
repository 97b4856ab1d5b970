"""The cheap way to say yes: SQL that is true only for documents that keep their contract.

It parses a document twice and accepts what producers usually send: members that the contract knows,
none repeated, values plainly within bounds. Whatever it does not accept may still be good; the
exact judge (`validation`) decides on it. It never accepts what that one refuses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ingestion.contracts.contract import NAMES_VERSION, TYPE, VERSION, Rule
from ingestion.contracts.schemas import FIRST_VERSION, Schema
from ingestion.warehouse.connection import quote

DATA = "data"
#: Below it a double is as exact as the decimal it was read from.
EXACT = 1 << 53
SCALARS = {"null", "boolean", "integer", "number", "string"}

Known = dict[str, list[str]]


def known_members(rules: list[Rule]) -> Known:
    """Names per level, `""` for the envelope and `data`, whose values this judges."""
    known: Known = {"": [], DATA: []}
    for rule in rules:
        for level, names in known.items():
            names += [n for n in _scalars(_level(rule.schema, level)) if n not in names]
    return known


def structure(known: Known) -> str:
    """The type that `from_json` reads a document as; every value stays the JSON it is."""
    inner = dict.fromkeys(known[DATA], "JSON")
    return json.dumps({**dict.fromkeys(known[""], "JSON"), DATA: inner or "JSON"})


def accepts(rules: list[Rule], known: Known) -> str:
    """SQL over the columns `text` and `event` (read as `structure`): true, or not."""
    schema = _member("", VERSION)
    named = f"try_cast(regexp_extract({schema}, '{_within_quotes(NAMES_VERSION)}', 1) as integer)"
    version = f"case when {schema} is null then {FIRST_VERSION} else {named} end"
    branches = []
    for rule in rules:
        types = ", ".join(f"'{quote(json.dumps(name))}'" for name in rule.types)
        tests = [f"{_member('', TYPE)} in ({types})", f"{version} = {rule.version}"]
        for level, names in known.items():
            tests += _tests(_level(rule.schema, level), level, names)
        branches.append(" and ".join(tests))
    return " or ".join(f"({branch})" for branch in branches)


def _tests(schema: Schema, level: str, names: list[str]) -> Iterator[str]:
    parts, required = schema.get("properties", {}), schema.get("required", [])
    for name in names:
        if name == TYPE and not level:
            continue
        member = _member(level, name)
        # of a member that another type has, or whose value may be anything, only null is plain
        plain = _plain(parts[name], member) if name in _scalars(schema) else "false"
        if name not in required and (name not in parts or "null" in _types(parts[name])):
            plain = f"{member} is null or {plain}"
        yield f"({plain})"
    # a required member that is no scalar is left to the exact judge
    if set(required) - set(names) - {DATA}:
        yield "false"


def _plain(part: Schema, member: str) -> str:
    """True for a value that surely keeps its schema."""
    if "const" in part:
        return f"{member} = '{quote(json.dumps(part['const'], ensure_ascii=False))}'"
    kinds = _types(part)
    string = _string(part, member) if "string" in kinds else "false"
    others = [test(part, member) for kind, test in _OTHERS.items() if kind in kinds]
    other = " or ".join(others or ["false"])
    return f"""case when starts_with({member}, '"') then {string} else {other} end"""


def _string(part: Schema, member: str) -> str:
    tests = []
    if "maxLength" in part:  # escapes only lengthen, and so does UTF-8
        tests.append(f"strlen({member}) <= {part['maxLength'] + 2}")
    if part.get("minLength", 0) == 1:
        tests.append(f"""{member} <> '""'""")
    if part.get("minLength", 0) > 1:
        tests.append(f"length({member}) >= {part['minLength'] + 2}")
    if part.get("minLength", 0) > 1 or "pattern" in part or "format" in part:
        tests.append(f"not contains({member}, '\\')")
    if "pattern" in part:
        tests.append(f"regexp_matches({member}, '{_within_quotes(part['pattern'])}')")
    if "format" in part:
        tests.append(f"""try_cast(replace({member}, '"', '') as timestamptz) is not null""")
    return f"({' and '.join(tests or ['true'])})"


def _integer(part: Schema, member: str) -> str:
    tests = [f"not contains({member}, '.') and not contains({member}, 'e')"]
    low, high = part.get("minimum", -(1 << 63)), part.get("maximum", (1 << 63) - 1)
    tests.append(f"try_cast({member} as bigint) between {low} and {high}")
    return f"({' and '.join(tests)})"


def _number(part: Schema, member: str) -> str:
    value = f"try_cast({member} as double)"
    tests = [f"isfinite({value})"]
    for keyword, sign in (("minimum", ">"), ("maximum", "<")):
        if keyword in part:
            equal = "=" if abs(part[keyword]) <= EXACT else ""
            tests.append(f"{value} {sign}{equal} {part[keyword]}::double")
    # how a number was written shows in the text alone: exponents are left to the exact judge
    tests.append(r"not regexp_matches(text, ':\s*-?[0-9.]+[eE]')")
    tests.append("(strlen(text) < 400 or not regexp_matches(text, '[0-9]{400}'))")
    return f"({' and '.join(tests)})"


def _boolean(_: Schema, member: str) -> str:
    return f"{member} in ('true', 'false')"


#: `integer` before `number`: the cheaper one first.
_OTHERS = {"integer": _integer, "number": _number, "boolean": _boolean}


def _scalars(schema: Schema) -> list[str]:
    """Members whose every allowed value is a scalar of a named type."""
    parts = schema.get("properties", {})
    return [name for name, part in parts.items() if _types(part) and _types(part) <= SCALARS]


def _types(part: Schema) -> set[str]:
    if "const" in part:
        return {"string"} if isinstance(part["const"], str) else set()
    kinds = part.get("type", [])
    return {kinds} if isinstance(kinds, str) else set(kinds)


def _level(schema: Schema, level: str) -> Schema:
    inner: Schema = schema.get("properties", {}).get(level, {}) if level else schema
    return inner


def _member(level: str, name: str) -> str:
    """The member's JSON as text: cast as JSON, `true` and `"1"` would be numbers."""
    path = ["event", level, name] if level else ["event", name]
    return ".".join(f'"{part}"' for part in path) + "::varchar"


def _within_quotes(pattern: str) -> str:
    """For a string as JSON writes it; it matches no more than the pattern, and maybe less."""
    start = '^"' if pattern.startswith("^") else ""
    end = '"$' if pattern.endswith("$") else ""
    return quote(f"{start}(?:{pattern.removeprefix('^').removesuffix('$')}){end}")
