"""The contracts describe every column; one that is incomplete is refused, with its name."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import as_file
from typing import Any

import pytest
import yaml

from contracts import event_types
from contracts.personal import CLASSES
from contracts.schemas import EVENTS, PERSONAL
from contracts.tables import TABLES, read
from tests.documented import REPOSITORY
from warehouse import dbt_sources

#: What is left of a customer's row when the customer is erased, besides what the platform adds.
KEPT = {
    "affiliate.affiliate_customer": {"id", "affiliate_id"},
    "affiliate.affiliate_customer_tag": {"id", "affiliate_id", "affiliate_customer_id"},
    "affiliate.customer_invite": {"id", "affiliate_id", "affiliate_customer_id"},
    "sales.order_header": {
        *("id", "affiliate_id", "affiliate_customer_id", "order_number", "status", "channel"),
        *("ordered_at", "currency", "discount_amount", "tax_amount", "shipping_amount"),
        "total_amount",
    },
}


def column(**changes: Any) -> dict[str, Any]:
    given = {"name": "note", "type": "text", "description": "A note.", "personal": "none"}
    return {key: value for key, value in {**given, **changes}.items() if value is not None}


def contract(*columns: dict[str, Any], **more: Any) -> str:
    key = column(name="id", type="bigint")
    given = {"description": "Parcels", "primary_key": ["id"], "columns": [key, *columns], **more}
    return str(yaml.safe_dump(given))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (contract(column(personal=None)), r"sales\.parcel\.note has no class of personal data"),
        (contract(column(personal="secret")), r"sales\.parcel\.note: 'secret' is no class"),
        (contract(column(description=None)), r"sales\.parcel\.note: \['description'\] are missing"),
        (contract(column(description="")), r"sales\.parcel\.note: note has no description"),
        (contract(column(type="string")), r"sales\.parcel\.note: note: 'string' is no type"),
        (contract(column(persnal="name")), r"sales\.parcel\.note: unknown keys \['persnal'\]"),
        (contract(column(), column()), r"sales\.parcel: .*named twice"),
        (contract(primary_key=["key"]), r"sales\.parcel: .*\['key'\] are not columns"),
        (contract(column(), excluded=["note"]), r"sales\.parcel: .*both read and excluded"),
        (contract(description=""), r"sales\.parcel has no description"),
        (contract(freshness=7), r"sales\.parcel: unknown keys \['freshness'\]"),
        (contract(subject={"customer": "who"}), r"sales\.parcel: .*\['who'\] are not columns"),
        (
            contract(column(name="affiliate_customer_id", type="bigint")),
            r"sales\.parcel names customers: add `subject",
        ),
        (
            contract(
                column(name="order_id", type="bigint"),
                column(personal="name"),
                part_of={"table": "sales.order_header", "reference": "order_id"},
            ),
            r"sales\.parcel: \['note'\] are personal",
        ),
        (
            contract(column(rules=[{"check": "one_of", "why": "unknown"}])),
            r"sales\.parcel\.note: the rule one_of is incomplete",
        ),
        (
            contract(column(rules=[{"check": "positive", "why": "negative"}])),
            r"sales\.parcel\.note: no such check: positive",
        ),
        (
            contract(column(rules=[{"check": "at_least", "other": "more", "why": "less"}])),
            r"sales\.parcel: .*\['more'\] are not columns",
        ),
    ],
)
def test_a_contract_that_is_incomplete_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read.table("sales.parcel.yml", text)


def test_a_complete_contract_is_read() -> None:
    spec = read.table("sales.parcel.yml", contract(column(type="json", personal="identifier")))
    assert (spec.qualified, spec.raw_table) == ("sales.parcel", "oltp_parcel")
    assert spec.all_columns[1] == ("note", "text")
    assert spec.columns[1].is_json
    assert spec.level == "direct"


def test_columns_kept_of_an_erased_customer() -> None:
    platform = {"created_at", "updated_at", "_op", "_source", "_xid", "_seq"}
    kept = {spec.qualified: spec.kept - platform for spec in TABLES if spec.subject}
    assert kept == KEPT


def test_a_property_without_a_class_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"properties": {"email": {"type": "string", "description": "Where to write to."}}}
    schemas = {1: {"properties": {"data": data}}}
    monkeypatch.setattr(event_types, "event_schemas", lambda _: schemas)
    with pytest.raises(ValueError, match=r"Made\.data\.email has no class of personal data"):
        event_types.properties("Made")


def test_every_property_in_every_schema_is_described() -> None:
    with as_file(EVENTS) as folder:
        found = {file.name: json.loads(file.read_text()) for file in folder.glob("*.json")}
    for name, schema in found.items():
        for path, part in _properties(schema):
            assert part["description"], (name, path)
            assert part[PERSONAL] in CLASSES, (name, path)


def _properties(schema: dict[str, Any], path: str = "") -> Any:
    for name, part in schema.get("properties", {}).items():
        # `data`, the type of a type and what only adds a rule are described elsewhere
        if "properties" in part or part.keys() & {"$ref", "const"} or part.keys() == {"x-rules"}:
            yield from _properties(part, f"{path}.{name}")
        elif (path, name) != ("", "data"):
            yield f"{path}.{name}", part


def test_contracts_need_no_heavy_library() -> None:
    script = (
        "import sys\n"
        "from contracts import known_values, ledgers, reference, tables, topics\n"
        "known_values.personal_values()\n"
        "heavy = {'dagster', 'dbt', 'duckdb', 'great_expectations', 'pandas', 'sqlalchemy'}\n"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_dbt_sources_equal_the_contracts() -> None:
    for file, text in dbt_sources.files().items():
        assert file.read_text() == text, "run `make reference`"


def test_staging_models_mark_classified_columns() -> None:
    """A staging column of the same name is as personal as the contract says."""
    folder = REPOSITORY / "dbt_project" / "models" / "staging" / "oltp"
    staged = {}
    for file in folder.glob("stg_oltp__*.sql"):
        described = yaml.safe_load(file.with_suffix(".yml").read_text())["models"][0]["columns"]
        staged[file.read_text()] = {one["name"]: one for one in described}
    compared = 0
    for spec in TABLES:
        for sql, columns in staged.items():
            if f"'{spec.raw_table}'" not in sql:
                continue
            for name in {one.name for one in spec.columns} & columns.keys():
                contracted = next(one for one in spec.columns if one.name == name)
                pii = columns[name].get("config", {}).get("meta", {}).get("pii")
                direct = CLASSES[contracted.personal].level == "direct"
                assert (pii == "direct") == direct, f"{spec.qualified}.{name}"
                compared += 1
    assert compared > 50
