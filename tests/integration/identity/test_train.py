"""Training from the landing zone: repeatable, harmless, and of use."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from core.duckdb_session import connect
from core.settings import Settings
from identity.training.fit import SampleSize
from identity.training.seeds import TERMS, WEIGHTS, append_version, read_version
from identity.training.train import Training, learn, run_training
from ingestion.landing import Counts, LandingZone, parquet
from orchestration.lib.dbt import PROJECT_DIR
from orchestration.lib.dbt_call import call_dbt
from tests.integration.identity.dbt_rules import DbtRules
from tests.integration.identity.sample_people import Record, records, table

pytestmark = pytest.mark.nightly

CUSTOMERS = "oltp/affiliate.affiliate_customer"
EFFORT = SampleSize(random_pairs=200_000, block_pairs=50_000)
SEEDS = PROJECT_DIR / "seeds"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def land(zone: LandingZone, found: list[Record]) -> None:
    """Lands the people as customers of the OLTP."""
    rows = [
        {
            "id": record["affiliate_customer_id"],
            "affiliate_id": record["affiliate_id"],
            "full_name": " ".join(filter(None, (record["first_name"], record["surname"]))) or None,
            "email": record["email_key"],
            "phone": record["phone_key"],
            "identifier": record["identifier_key"],
            "identifier_type": record["identifier_type"],
            "birth_date": record["birth_date"],
            "gender": record["gender"],
            "postal_code": record["postal_code"],
            "country": "US",
            "created_at": NOW,
            "updated_at": NOW,
            "_op": "upsert",
            "_source": "oltp",
        }
        for record in found
    ]
    batch = pa.RecordBatch.from_pylist(rows)
    empty = pa.array([None] * len(rows), pa.string())
    batch = batch.append_column("_issues", empty)
    with zone.batch("oltp") as landing:
        parquet.write(landing.stage(CUSTOMERS), batch.schema, [batch])
        landing.record(CUSTOMERS, Counts("delta", len(rows), rows_landed=len(rows)), {})
        landing.commit()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return Settings(home=home, as_of=NOW, _env_file=None)


@pytest.fixture(scope="module")
def training(settings: Settings) -> Training:
    zone = LandingZone(settings.landing_path)
    land(zone, records(700))
    return run_training(settings, zone, call_dbt, SEEDS, 1_000_000, EFFORT)


def test_nothing_is_left_behind(training: Training, settings: Settings) -> None:
    assert training.effect.records > 1_000
    assert {path.name for path in settings.home.iterdir()} == {"landing", "training"}
    assert [path.name for path in settings.training_path.iterdir()] == ["lock"]


def test_the_weights_in_force_stand_beside_those_that_were_learned(training: Training) -> None:
    former, found = training.former, training.found
    assert found.number > former.number
    assert {(field, level) for field, levels in found.weights.items() for level in levels} == {
        (field, level) for field, levels in former.weights.items() for level in levels
    }
    assert found.weights != former.weights
    for levels in found.weights.values():
        assert levels["different"] < 0 < max(levels.values())


def test_it_tells_what_would_change(training: Training) -> None:
    effect = training.effect
    for state in (effect.before, effect.after):
        assert 500 < state.persons < effect.records
        assert state.links > 300
        assert 2 <= state.biggest < 20
    assert 0 < effect.changed < effect.records


def test_a_new_version_leaves_the_old_ones(training: Training, tmp_path: Path) -> None:
    for name in (WEIGHTS, TERMS):
        shutil.copy(SEEDS / name, tmp_path / name)
    append_version(tmp_path, training.found)
    assert read_version(tmp_path, training.found.number) == training.found
    assert read_version(tmp_path, training.former.number) == training.former


def test_the_same_records_give_the_same_integers(training: Training, rules: DbtRules) -> None:
    people = table(records(700))
    found = []
    for threads, rows in ((1, people), (2, people.sort_by([("record_id", "descending")]))):
        with connect() as connection:
            connection.execute(f"set threads = {threads}")
            connection.register("rows", rows)
            connection.execute("attach ':memory:' as wh; create schema wh.identity")
            connection.execute("create table wh.identity.int_identity__match_records as from rows")
            found.append(learn(connection, rules.levels, training.former, 2, 1_000, EFFORT))
    assert found[0] == found[1]
