"""Several OLTPs in one landing zone: kept apart, and a broken one stops no other."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from core.errors import AffiliateError, ConfigurationError
from ingestion.embedded import EmbeddedPostgres
from ingestion.landing import IncompleteIngestError, LandingZone
from ingestion.postgres import OltpSource, ingest_sources
from tests.integration.ingestion.landed import current
from tests.support.bare_table import bare_table

ITEM = bare_table("public.item", id="bigint", note="text")
OTHER = bare_table("public.other", id="bigint")
TABLES = (ITEM, OTHER)
NORTH, SOUTH = "oltp/public.item@north", "oltp/public.item@south"
NOWHERE = OltpSource("west", "postgresql://ann:sesame@127.0.0.1:1/x")


@pytest.fixture
def sources(postgres_server: EmbeddedPostgres, postgres_database: str) -> list[OltpSource]:
    """Two databases whose rows have the same ids."""
    found = []
    for name in ("north", "south"):
        database = f"{postgres_database}_{name}"
        postgres_server.ensure_database(database)
        source = OltpSource(name, postgres_server.dsn(database))
        execute(
            source,
            "create table item (id bigint primary key, note text,"
            " created_at timestamptz default now(), updated_at timestamptz default now());"
            "create table other (like item including all);"
            f"insert into item select i, '{name} ' || i from generate_series(1, 3) as i;"
            "insert into other (id) values (1)",
        )
        found.append(source)
    return found


def execute(source: OltpSource, statement: str) -> None:
    with psycopg.connect(source.dsn, autocommit=True) as connection:
        connection.execute(statement)


def notes(zone: LandingZone, dataset: str) -> list[str]:
    return [note for _, note, _ in current(zone, dataset, "id, note, _source")]


def test_equal_ids_of_two_sources_are_kept_separate(
    sources: list[OltpSource], zone: LandingZone
) -> None:
    north, south = sources
    report = ingest_sources(sources, zone, TABLES)
    assert report.stale == {}
    assert {r.dataset: r.counts.rows_landed for r in report.reports if "item" in r.dataset} == {
        NORTH: 3,
        SOUTH: 3,
    }
    assert [entry.source for entry in zone.entries()] == ["north", "south"]
    assert current(zone, SOUTH, "note, _source")[0] == ("south 1", "south")
    assert {file.path.rpartition("/")[0] for _, file in zone.files(SOUTH)} == {"oltp/public.item"}

    execute(north, "delete from item where id = 2; update item set note = 'new' where id = 3")
    execute(south, "insert into item values (4, 'south 4')")
    ingest_sources([north], zone, TABLES, accept_deletes=True)
    assert notes(zone, NORTH) == ["north 1", "new"]
    assert notes(zone, SOUTH) == ["south 1", "south 2", "south 3"]
    ingest_sources([south], zone, TABLES)
    assert notes(zone, SOUTH) == ["south 1", "south 2", "south 3", "south 4"]
    assert {r.manifest_entry for r in ingest_sources(sources, zone, TABLES).reports} == {None}


def test_failed_source_is_stale_and_others_are_read(
    sources: list[OltpSource], zone: LandingZone
) -> None:
    north, south = sources
    ingest_sources(sources, zone, TABLES)
    broken = OltpSource("north", north.dsn.replace("postgres@", "nobody_known@"))
    execute(south, "insert into item values (4, 'south 4')")
    report = ingest_sources([NOWHERE, broken, south], zone, TABLES)
    assert {r.dataset.partition("@")[2] for r in report.reports} == {"south"}
    assert notes(zone, SOUTH)[-1] == "south 4"
    assert set(report.stale) == {"west", "north"}
    assert "nothing of it was ever landed" in report.stale["west"]
    committed = zone.entries()[0].committed_at
    assert f"({committed:%Y-%m-%d %H:%M} UTC)" in report.stale["north"]
    assert "its newest batch is 0:00:" in report.stale["north"]
    for reason in report.stale.values():
        assert "\n" not in reason
        assert "sesame" not in reason


def test_failure_of_all_sources_is_an_error(zone: LandingZone) -> None:
    east = OltpSource("east", "not a dsn sesame")
    with pytest.raises(ConfigurationError, match=r"OLTP west .* OLTP east") as caught:
        ingest_sources([NOWHERE, east], zone, TABLES)
    assert "sesame" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="AFFILIATE_SOURCES_FILE"):
        ingest_sources([NOWHERE], zone, TABLES)
    assert zone.latest is None


def test_failed_tables_of_several_sources_are_reported_together(
    sources: list[OltpSource], zone: LandingZone
) -> None:
    north, south = sources
    ingest_sources(sources, zone, TABLES)
    execute(north, "delete from item; insert into other (id) values (2)")
    execute(south, "alter table item drop column note; insert into other (id) values (2)")
    with pytest.raises(IncompleteIngestError) as caught:
        ingest_sources([NOWHERE, *sources], zone, TABLES)
    failures = caught.value.failures
    assert set(failures) == {NORTH, SOUTH, "west"}
    assert failures[NORTH].startswith("north: public.item: 3 of 3 rows were deleted")
    assert failures[SOUTH].startswith("south: public.item: the OLTP has no column note any more")
    assert failures["west"].startswith("the OLTP west is unreachable")
    assert [(r.dataset, r.counts.rows_landed) for r in caught.value.reports] == [
        ("oltp/public.other@north", 1),
        ("oltp/public.other@south", 1),
    ]


def test_source_that_fails_during_the_read_is_stale(
    sources: list[OltpSource], zone: LandingZone
) -> None:
    north, south = sources
    # any read of a row ends the connection that reads
    execute(
        north,
        "create view broken as select id, note, created_at, updated_at from item "
        "where pg_terminate_backend(pg_backend_pid())",
    )
    broken = replace(ITEM, name="broken")
    execute(south, "create view broken as select * from item")
    report = ingest_sources(sources, zone, [OTHER, broken])
    assert set(report.stale) == {"north"}
    assert notes(zone, "oltp/public.broken@south") == ["south 1", "south 2", "south 3"]
    assert not zone.files("oltp/public.other@north")
    with pytest.raises(AffiliateError, match="reading the OLTP failed"):
        ingest_sources([north], zone, [OTHER, broken])


def test_source_repr_contains_no_secret() -> None:
    assert "sesame" not in repr(NOWHERE)
