"""An event keeps the version of the contract that it names."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import pytest

from contracts.schemas import EVENTS, event_schemas
from core.duckdb_session import connect
from ingestion.validation.validator import TopicValidator
from tests.support.sample_events import FUNNEL, deal, encoded, table

OLD, NEW = {"deal_id": 1, "amount": 9.5}, {"deal_id": 1, "price": {"value": "9.50"}}
V2 = {
    "$ref": "envelope.v1.json",
    "properties": {
        "type": {"const": "DealOpened"},
        "data": {
            "type": "object",
            "required": ["deal_id", "price"],
            "properties": {
                "deal_id": {"type": ["integer", "string"]},
                "price": {
                    "type": "object",
                    "required": ["value"],
                    "properties": {"value": {"type": "string", "maxLength": 20}},
                },
            },
        },
    },
}


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """The platform's contracts, and a second version of one."""
    folder = tmp_path / "events"
    with as_file(EVENTS) as present:
        shutil.copytree(present, folder)
    (folder / "DealOpened.v2.json").write_text(json.dumps(V2))
    return folder


@pytest.fixture
def verdict(schemas: Path) -> Callable[..., str | None]:
    """Judges one event."""
    judge = TopicValidator(connect(), FUNNEL, schemas)

    def reason(**changes: Any) -> str | None:
        _, reasons = judge.reasons(table([encoded(deal(**changes))]))
        return next(iter(reasons), None)

    return reason


@pytest.mark.parametrize("name", ["urn:deals/v2", "com.example.DealOpened.v2", "/deal.v2.json"])
def test_second_version_is_validated_against_its_own_schema(
    name: str, verdict: Callable[..., str | None]
) -> None:
    assert verdict(dataschema=name, data=NEW) is None
    assert verdict(dataschema=name, data=OLD) == "missing:price"
    assert verdict(dataschema=name, data={**NEW, "price": {"value": 9}}) == "contract:value"


@pytest.mark.parametrize(
    "name", [None, "urn:deals", "urn:deals/v1", "DealOpened.v1", "v2", "x/v2/y"]
)
def test_event_without_a_version_uses_the_first(
    name: str | None, verdict: Callable[..., str | None]
) -> None:
    assert verdict(dataschema=name, data=OLD) is None
    assert verdict(dataschema=name, data={"price": {"value": "9.50"}}) == "missing:deal_id"


@pytest.mark.parametrize("name", ["urn:deals/v3", "DealOpened.v20", "urn:deals/v999999999"])
def test_undescribed_version_is_unknown(name: str, verdict: Callable[..., str | None]) -> None:
    assert verdict(dataschema=name, data=OLD) == "unknown_version"


def test_a_version_is_of_one_type(verdict: Callable[..., str | None]) -> None:
    assert verdict(type="DealWon", dataschema="urn:deals/v2", data=OLD) == "unknown_version"


def test_fields_that_no_version_knows_are_kept(verdict: Callable[..., str | None]) -> None:
    assert verdict(dataschema="urn:deals/v2", data={**NEW, "x": [1]}, y=2) is None


def test_a_name_of_a_schema_is_text(verdict: Callable[..., str | None]) -> None:
    assert verdict(dataschema=2) == "contract:dataschema"


def test_versions_are_the_files_that_exist(schemas: Path) -> None:
    assert list(event_schemas("DealOpened", schemas)) == [1, 2]
    assert list(event_schemas("DealWon", schemas)) == [1]
    with pytest.raises(ValueError, match="DealDreamt has no schema"):
        event_schemas("DealDreamt", schemas)
