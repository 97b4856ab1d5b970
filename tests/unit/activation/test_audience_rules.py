from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from activation.audiences.compile import FROM, Rule, compile_rule
from activation.audiences.definition import load_audiences, read_audience
from activation.audiences.fields import Catalogue
from activation.delivery.fields import Field
from core.errors import ConfigurationError

_HEAD = "owner: m@shop.example\npurpose: promo_email\n"
FIELDS = {
    "lifecycle_stage": Field("lifecycle_stage", 'c."lifecycle_stage"', "text", "VARCHAR"),
    "avg_ticket": Field("avg_ticket", 'c."avg_ticket"', "number", "DECIMAL(18,2)"),
    "is_new": Field("is_new", 'c."is_new"', "truth", "BOOLEAN"),
    "seen_at": Field("seen_at", 'i."seen_at"', "time", "TIMESTAMP WITH TIME ZONE"),
}
OWN = Catalogue(
    "own",
    FIELDS,
    frozenset({"affiliates_count"}),
    ("alpha", "beta"),
    frozenset({"tag_code", "sensitivity"}),
)


def write(folder: Path, name: str, where: str, head: str = _HEAD, scope: str = "own") -> None:
    text = f"audience: {name}\nscope: {scope}\n{head}where: {where}\n"
    (folder / f"{name}.yaml").write_text(text)


def rule(folder: Path, where: str, name: str = "a") -> Rule:
    write(folder, name, where)
    audiences = load_audiences(folder)
    return compile_rule(audiences[name], audiences, OWN)


def answers(found: Rule) -> list[str]:
    """The customers that meet a rule."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            """
            CREATE TABLE customer AS SELECT * FROM (VALUES
                ('1', 'at_risk', 120.50::DECIMAL(18,2), true),
                ('2', 'active', 10.00, false),
                ('3', NULL, NULL, NULL)
            ) t(customer_id, lifecycle_stage, avg_ticket, is_new);
            CREATE TABLE customer_insights AS SELECT * FROM (VALUES
                ('1', TIMESTAMPTZ '2026-02-01 00:00:00+00'), ('2', '2026-01-01 00:00:00+00')
            ) t(customer_id, seen_at);
            CREATE TABLE customer_tags AS SELECT * FROM (VALUES
                ('1', 'vip', 'normal', true), ('2', 'vip', 'normal', false),
                ('1', 'diabetes', 'special', true)
            ) t(customer_id, tag_code, sensitivity, is_active);
            CREATE TABLE customer_interests AS SELECT * FROM (VALUES
                ('1', 'category', 'coffee', 4), ('2', 'category', 'coffee', 2),
                ('3', 'brand', 'coffee', 1)
            ) t(customer_id, dimension, value, rank);
            """
        )
        query = f"SELECT c.customer_id FROM {FROM} WHERE {found.condition} ORDER BY 1"
        return [row[0] for row in connection.execute(query, found.values).fetchall()]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("{field: lifecycle_stage, in: [at_risk, lapsed]}", ["1"]),
        ("{field: avg_ticket, gte: 120.5}", ["1"]),
        ("{field: avg_ticket, gt: 5, lt: 120.50}", ["2"]),
        ("{field: is_new, eq: false}", ["2"]),
        ("{field: seen_at, gte: 2026-01-15}", ["1"]),
        ("{field: avg_ticket, known: false}", ["3"]),
        ("{not: {field: avg_ticket, gte: 120}}", ["2", "3"]),
        ("{any: [{field: is_new, eq: true}, {field: avg_ticket, known: false}]}", ["1", "3"]),
        ("{all: [{tag: vip}, {not: {field: is_new, eq: false}}]}", ["1"]),
        ("{tag: diabetes}", []),
        ("{field: interests.category, contains: coffee}", ["1", "2"]),
        ("{field: interests.category, contains: coffee, top: 3}", ["2"]),
    ],
)
def test_rule_matches_the_expected_customers(
    tmp_path: Path, where: str, expected: list[str]
) -> None:
    assert answers(rule(tmp_path, where)) == expected


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (
            "{field: affiliates_count, gte: 2}",
            "field affiliates_count belongs to the unified customer",
        ),
        ("{field: beta.avg_ticket, gte: 2}", "field beta.avg_ticket belongs to one affiliate"),
        ("{field: avg_tickt, gte: 2}", "unknown field avg_tickt; similar fields: avg_ticket"),
        ("{field: customer_id, eq: x}", "unknown field customer_id"),
        ("{field: email, eq: ana@mail.example}", "field email is personal contact data"),
        ("{field: interests.product, contains: x}", "unknown field interests.product"),
        ("{field: avg_ticket, gte: many}", "field avg_ticket is of type number"),
        ("{field: avg_ticket, gte: true}", "field avg_ticket is of type number"),
        ("{field: avg_ticket, gte: .nan}", "field avg_ticket: nan is not a finite number"),
        ("{field: lifecycle_stage, gte: a}", "lifecycle_stage is of type text, which has no gte"),
        ("{field: seen_at, gte: yesterday}", "seen_at is a time"),
        ("{field: is_new, eq: 1}", "field is_new is of type truth"),
        ("{field: avg_ticket}", "field avg_ticket takes"),
        ("{tag: vip, field: avg_ticket}", "a condition needs exactly one of"),
        ("{audience: b}", "audience b does not exist"),
        ("{audience: a}", "a → a"),
    ],
)
def test_invalid_rule_is_explained(tmp_path: Path, where: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        rule(tmp_path, where)

    assert message in str(error.value)
    assert "audience" in str(error.value)


def test_sent_fields_must_be_in_the_affiliates_file(tmp_path: Path) -> None:
    write(tmp_path, "a", "{tag: vip}", f"{_HEAD}send: [affiliates_count]\n")
    audiences = load_audiences(tmp_path)

    with pytest.raises(ConfigurationError, match="field affiliates_count belongs to the unified"):
        compile_rule(audiences["a"], audiences, OWN)


def test_referenced_audience_is_validated(tmp_path: Path) -> None:
    write(tmp_path, "b", "{field: affiliates_count, gte: 2}")

    with pytest.raises(ConfigurationError, match="audience b: field affiliates_count"):
        rule(tmp_path, "{all: [{audience: b}, {tag: vip}]}")


def test_referenced_audience_contributes_its_rule(tmp_path: Path) -> None:
    write(tmp_path, "b", "{tag: vip}")
    write(tmp_path, "c", "{field: avg_ticket, known: false}")

    found = rule(tmp_path, "{any: [{audience: b}, {audience: c}]}")

    assert answers(found) == ["1", "3"]
    assert found.audiences == ["b", "c"]


def test_circular_references_are_named(tmp_path: Path) -> None:
    write(tmp_path, "b", "{audience: c}")
    write(tmp_path, "c", "{not: {audience: b}}")

    with pytest.raises(ConfigurationError, match="b → c → b"):
        rule(tmp_path, "{audience: b}")


HOSTILE = "x') OR 1=1; DROP TABLE customer; --"


@pytest.mark.parametrize(
    "where",
    [
        "{{field: lifecycle_stage, eq: {value}}}",
        "{{field: lifecycle_stage, in: [{value}]}}",
        "{{tag: {value}}}",
        "{{field: interests.category, contains: {value}}}",
    ],
)
def test_hostile_value_becomes_a_bound_parameter(tmp_path: Path, where: str) -> None:
    quoted = '"' + HOSTILE + '"'
    found = rule(tmp_path, where.format(value=quoted))

    assert HOSTILE not in found.condition
    assert HOSTILE in found.values
    assert answers(found) == []


@pytest.mark.parametrize(
    "where",
    [
        '{field: "avg_ticket\\" OR 1=1 --", gte: 1}',
        '{field: "interests.category\' OR 1=1 --", contains: x}',
        '{field: avg_ticket, "gte 0 OR 1=1 --": 1}',
    ],
)
def test_hostile_name_is_refused(tmp_path: Path, where: str) -> None:
    with pytest.raises(ConfigurationError):
        rule(tmp_path, where)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("audience: [", "cannot be read"),
        ("audience: a\naudience: a\n", "duplicate key audience"),
        (
            "audience: b\nscope: own\n" + _HEAD + "where: {tag: x}\n",
            "the file name must be that of the audience, b",
        ),
        ("audience: a\nscope: all\n" + _HEAD + "where: {tag: x}\n", "scope"),
        ("audience: a\nscope: own\n" + _HEAD + "where: {tag: 1}\n", "where.tag"),
        (
            "audience: a\nscope: own\n" + _HEAD + "where: {tag: x}\nsuppress: [bounced]\n",
            "suppress",
        ),
        ("audience: a\nscope: own\n" + _HEAD + "where: {tag: x}\nextra: 1\n", "extra"),
        (
            "audience: a\nscope: own\n"
            + _HEAD
            + "where: {tag: x}\ndeliver: [{csv: per_affiliate}]\n",
            "needs requires_consent",
        ),
        (
            "audience: a\nscope: unified_internal\n"
            + _HEAD
            + "where: {tag: x}\nrequires_consent: [profiling]\ndeliver: [{csv: per_affiliate}]\n",
            "can only be counted, not delivered",
        ),
        ("!!python/object/apply:os.system [id]", "cannot be read"),
    ],
)
def test_invalid_definition_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.yaml").write_text(text)

    with pytest.raises(ConfigurationError) as error:
        read_audience(tmp_path / "a.yaml")

    assert message in str(error.value)
    assert "a.yaml" in str(error.value) or "audience a" in str(error.value)


def test_shipped_audiences_are_valid() -> None:
    audiences = load_audiences(Path(__file__).parents[3] / "audiences")

    assert len(audiences) >= 3
    assert {a.scope for a in audiences.values()} == {"own", "unified_internal"}


def test_consent_purposes_equal_those_of_the_marts() -> None:
    import yaml

    from activation.delivery.recent_events import CONTACT_PURPOSE, PROFILING_PURPOSE

    project = Path(__file__).parents[3] / "dbt_project" / "dbt_project.yml"
    variables: dict[str, Any] = yaml.safe_load(project.read_text())["vars"]

    assert variables["contact_purpose"] == CONTACT_PURPOSE
    assert variables["profiling_purpose"] == PROFILING_PURPOSE
