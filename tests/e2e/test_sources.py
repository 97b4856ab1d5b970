"""One database per affiliate: read side by side, and none of them holds up the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from ingestion.embedded import EmbeddedPostgres
from oltp.migrate import migrate
from tests.e2e.conftest import Home

pytestmark = pytest.mark.nightly

KEY = "5eed" * 16
FILL = """
insert into affiliate.affiliate (id, slug, full_name, status)
values (%(id)s, %(name)s, %(name)s, 'active');
insert into affiliate.affiliate_customer (id, affiliate_id, full_name, email)
select n, %(id)s, 'Customer ' || n, %(name)s || n || '@example.test' from generate_series(1, 30) n;
insert into sales.product (id, affiliate_id, sku, name, category, unit_price, currency)
select n, %(id)s, 'S' || n, 'Product ' || n, 'garden', n, 'USD' from generate_series(1, 5) n;
insert into sales.order_header
    (id, affiliate_id, affiliate_customer_id, order_number, status, ordered_at, currency,
    total_amount)
select n, %(id)s, n, %(name)s || n, 'delivered', '2026-05-01', 'USD', n
from generate_series(1, 5) n;
insert into sales.order_item (id, affiliate_id, order_id, product_id, quantity, unit_price)
select n, %(id)s, n, n, 1, n from generate_series(1, 5) n;
"""


@dataclass
class Source:
    """A database of one affiliate; both hold the same ids."""

    name: str
    affiliate_id: int
    admin: str
    reader: str

    def execute(self, statement: str) -> None:
        """Changes the database as its owner."""
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="module")
def sources(postgres_server: EmbeddedPostgres) -> list[Source]:
    found = []
    for number, name in enumerate(("north", "south"), start=1):
        postgres_server.ensure_database(name)
        admin = postgres_server.dsn(name)
        migrate(admin)
        source = Source(name, number, admin, postgres_server.dsn(name, user="platform_reader"))
        with psycopg.ClientCursor(psycopg.connect(admin, autocommit=True)) as cursor:
            cursor.execute(FILL, {"id": number, "name": name})
        found.append(source)
    return found


@pytest.fixture(scope="module")
def both(sources: list[Source]) -> Iterator[Home]:
    """A home that read both databases once."""
    with TemporaryDirectory(prefix="affiliate-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder), {"AFFILIATE_PSEUDONYM_KEY": KEY})
        home.environment["AFFILIATE_SOURCES_FILE"] = str(listed(home, *sources))
        home.must("run")
        yield home
        home.must("down")


def listed(home: Home, *sources: Source) -> Path:
    """A file that names these sources."""
    file = home.path / "sources.toml"
    file.write_text(
        "\n".join(f'[[oltp]]\nname = "{s.name}"\ndsn = "{s.reader}"\n' for s in sources)
    )
    return file


def customers(home: Home) -> dict[int, int]:
    """Customers with an order that its source still has, per affiliate."""
    found = home.json(
        "query",
        "select affiliate_id, count(distinct customer_id) as customers, sum(net_amount) as net "
        "from marts.customer_orders where not is_deleted group by all order by all",
    )
    assert all(float(row["net"]) >= 15 for row in found)
    return {row["affiliate_id"]: row["customers"] for row in found}


def test_equal_ids_of_two_databases_are_two_customers(both: Home) -> None:
    assert customers(both) == {1: 5, 2: 5}
    assert both.json("query", "select count(*) as n from marts.customer") == [{"n": 60}]


def test_run_without_a_source_stops_before_it_starts(both: Home, sources: list[Source]) -> None:
    before = both.current
    listed(both, *(Source(s.name, 1, "", "host=127.0.0.1 port=1") for s in sources))

    done = both.run("run")
    listed(both, *sources)

    assert done.returncode == 2
    assert "OLTP server north is unreachable" in " ".join(done.stderr.split())
    assert both.current == before


def test_changed_column_type_stops_its_table_and_no_mart_changes(
    both: Home, sources: list[Source]
) -> None:
    before = both.current
    north = sources[0]
    north.execute("alter table sales.order_item alter column quantity type numeric(20,5)")

    done = both.run("run")
    north.execute("alter table sales.order_item alter column quantity type integer")

    assert done.returncode == 1
    line = " ".join(done.stderr.split())
    assert "sales.order_item.quantity" in line
    assert "integer" in line
    assert "numeric(20,5)" in line
    assert both.current == before


def test_emptied_table_stops_until_accepted(both: Home, sources: list[Source]) -> None:
    before = both.current
    sources[1].execute("delete from sales.order_item; delete from sales.order_header")

    stopped = both.run("run")
    accepted = both.run("ingest", "--accept-deletes")

    assert stopped.returncode == 1
    assert "--accept-deletes" in stopped.stderr
    assert both.current == before
    assert accepted.returncode == 0, accepted.stderr


def test_broken_source_is_reported_and_the_others_continue(
    both: Home, sources: list[Source]
) -> None:
    north, south = sources
    north.execute(
        "insert into sales.order_header (id, affiliate_id, affiliate_customer_id, status,"
        " ordered_at, currency, total_amount) values (6, 1, 6, 'delivered', '2026-05-02', 'USD', 9)"
    )
    broken = Source(south.name, 2, south.admin, "host=127.0.0.1 port=1 dbname=x password=hunter2")
    listed(both, north, broken)

    done = both.run("run")
    listed(both, *sources)

    assert done.returncode == 0, done.stderr
    assert "source south is stale" in " ".join(done.stderr.split())
    assert "hunter2" not in done.stderr + done.stdout
    # the second one lost its orders before
    assert customers(both) == {1: 6}
