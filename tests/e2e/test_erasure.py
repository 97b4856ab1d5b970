"""A customer is erased everywhere; nightly the erasure is killed once while models are built."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Sequence

import duckdb

from tests.e2e.conftest import Home
from tests.support.searching import found_in

#: Not the platform's: the embedded sources, and what the sample world knows about itself.
SOURCES = ("servers", "world")
PERSON = """
select affiliates.slug, records.affiliate_customer_id, xref.customer_id, records.full_name,
    records.email, records.phone
from identity.int_identity__records as records
inner join identity.customer_xref as xref using (affiliate_id, affiliate_customer_id)
inner join staging.stg_oltp__affiliates as affiliates using (affiliate_id)
where records.email is not null and records.phone is not null
    and records.full_name is not null
qualify count(*) over (partition by lower(records.email)) = 1
    and count(*) over (partition by xref.customer_id) > 1
order by records.affiliate_id, records.affiliate_customer_id
limit 1
"""


def _kill_while_it_builds(home: Home, request: Sequence[str]) -> None:
    process = home.start(*request)
    assert process.stderr is not None
    while "Load the warehouse" not in (line := process.stderr.readline()):
        assert line, "it ended before it could be killed"
    time.sleep(5.0)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_erased_customer_is_removed_everywhere(home: Home, nightly: bool) -> None:
    with duckdb.connect(str(home.path / "warehouse" / "warehouse.duckdb"), read_only=True) as read:
        found = read.execute(PERSON).fetchall()
    ((slug, customer, person, _, email, phone),) = found
    who = ("--affiliate", slug, "--customer", str(customer))
    held = json.loads(home.must("subject", "export", *who))
    old = home.current
    assert held["landed"]["affiliate.affiliate_customer"][0]["email"] == email
    assert {row["email"] for row in held["marts"]["own_customer"]} == {email}
    assert found_in(home.path, [email], but=SOURCES) != []

    request = ("erase", *who, "--scope", "all", "--request-id", "R-1")
    if nightly:
        _kill_while_it_builds(home, request)
        remaining = found_in(home.path, [email, phone], but=(*SOURCES, "releases", "erasures"))
        assert remaining == []
    receipt = home.json(*request)

    assert (receipt["request_id"], receipt["residue"]) == ("R-1", 0)
    assert receipt["records"] > 1
    assert found_in(home.path, [email, phone], but=SOURCES) == []
    assert home.current != old
    assert [path.name for path in (home.path / "releases").glob("2*")] == [home.current]
    release = home.path / "releases" / "current" / "customer_olap.duckdb"
    with duckdb.connect(str(release), read_only=True) as read:
        assert read.execute("select count(*) from marts.customer").fetchall() > [(100,)]
        gone = read.execute("from marts.customer where customer_id = ?", [person])
        assert gone.fetchall() == []
    assert home.json("erase", *who, "--request-id", "R-1") == receipt
    assert home.run("erase", *who).returncode == 2
