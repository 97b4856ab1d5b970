"""After runs, a crash, failures and an erasure: no token lies or shows where it must not."""

from __future__ import annotations

import base64
import gzip
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import psycopg
import pytest

from core.settings import Settings
from ingestion import servers
from oltp.world import WorldSpec, create
from tests.e2e.browsing import free_port
from tests.e2e.conftest import Home
from tests.e2e.test_user_interface import PASSWORD
from tests.integration.ingestion.kafka_topics import Broker
from tests.support.canaries import Canaries
from tests.support.crawling import Answer, Browser, every_answer
from tests.support.places import Searched, search
from tests.support.searching import in_bytes

AFFILIATES, CUSTOMERS = 3, 400
#: Somebody whom identity holds to be one person at several affiliates, all records of them.
PERSONS = """
select records.identifier, arg_min(records.affiliate_id, records.affiliate_customer_id),
    min(records.affiliate_customer_id)
from identity.int_identity__records as records
inner join identity.customer_xref as xref using (affiliate_id, affiliate_customer_id)
where records.identifier is not null
group by all
having count(distinct records.affiliate_id) > 1 and count(distinct xref.customer_id) = 1
    and bool_or(records.affiliate_customer_id % 10 = 1)
order by all limit 2
"""


@dataclass
class Aftermath:
    """What is left when everything has happened."""

    home: Home
    canaries: Canaries
    slugs: dict[str, int] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def run_and_kill(self, last: str, seconds: float, *arguments: str) -> None:
        """Runs a command and kills it, without notice, some time after it finished a step."""
        process = self.home.start(*arguments)
        assert process.stderr is not None
        while last not in (line := process.stderr.readline()):
            assert line, "it ended before it could be killed"
            self.said.append(line)
        time.sleep(seconds)
        process.kill()
        self.said += process.communicate()
        assert process.returncode == -signal.SIGKILL

    def slug(self, affiliate: int) -> str:
        """Slug of an affiliate."""
        return next(slug for slug, one in self.slugs.items() if one == affiliate)

    def run(self, *arguments: str, **options: Any) -> int:
        """Runs a command and notes what it said."""
        done = self.home.run(*arguments, **options)
        self.said += [done.stdout, done.stderr]
        return done.returncode


@pytest.fixture(scope="module")
def aftermath(nightly: bool) -> Iterator[Aftermath]:
    with TemporaryDirectory(prefix="affiliate-", ignore_cleanup_errors=True) as folder:
        after = Aftermath(Home(Path(folder)), Canaries())
        try:
            _run_and_deliver(after, fails=nightly)
            yield after
        finally:
            after.home.must("down")


def _run_and_deliver(after: Aftermath, *, fails: bool) -> None:
    """Runs a world with bad rows and hands out everything; nightly a lot goes wrong before."""
    settings = Settings(home=after.home.path, _env_file=None)
    with pytest.MonkeyPatch.context() as monkeypatch:
        after.canaries.sing(monkeypatch)
        until = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        spec = WorldSpec(AFFILIATES, CUSTOMERS, until=until - timedelta(days=1))
        dsn = servers.oltp_admin_dsn(settings)
        broker = Broker(servers.kafka(settings).config["bootstrap.servers"])
        create(dsn, broker.kafka.config["bootstrap.servers"], spec, settings.world_path)
    with psycopg.connect(dsn) as oltp:
        after.slugs = dict(oltp.execute("select slug, id from affiliate.affiliate").fetchall())
        _spoil(oltp, broker)
    # rows that break rules are held until somebody accepts them
    assert after.run("run") == 1
    assert after.run("quarantine", "accept", "1") == 0
    assert after.run("run") == 0
    if fails:
        _fail_and_erase(after, broker)
    assert after.run("follow-ups", "deliver") == 0
    assert after.run("audience", "run", "new_by_message") == 0
    assert after.run("docs", "build") == 0
    assert after.run("dashboard", "--output", str(after.home.path / "dashboard.html")) == 0
    assert after.run("quarantine", "list") == 0
    with _served(after.home) as origin:
        browser = Browser(origin, "operator", PASSWORD)
        after.answers = [*_pages(after, browser)]
        if fails:
            after.answers += _questions(after, browser)


def _fail_and_erase(after: Aftermath, broker: Broker) -> None:
    """The disk is full once, a run and an erasure are killed, and two people are erased."""
    assert after.run("publish", largest_file=900_000) == 1
    one, other = _persons(after)
    after.erased = after.canaries.of_same_person(one.token) | after.canaries.of_same_person(
        other.token
    )
    broker.send("privacy.erasures", _erasure(other), key=str(other.customer).encode())
    after.run_and_kill("Load the warehouse", 5.0, "run")
    who = ("--affiliate", after.slug(one.affiliate), "--customer", str(one.customer))
    request = ("erase", *who, "--scope", "all", "--request-id", "R-1")
    after.run_and_kill("Save customer IDs", 1.0, *request)
    assert after.run(*request) == 0


@dataclass(frozen=True)
class _Person:
    token: str
    affiliate: int
    customer: int


def _persons(after: Aftermath) -> list[_Person]:
    warehouse = str(after.home.path / "warehouse" / "warehouse.duckdb")
    with duckdb.connect(warehouse, read_only=True) as connection:
        found = connection.execute(PERSONS).fetchall()
    return [_Person(str(said)[:-1].lower(), at, customer) for said, at, customer in found]


def _spoil(oltp: psycopg.Connection, broker: Broker) -> None:
    """Rows that break rules, and messages that are set aside though they name somebody."""
    oltp.execute(
        "update affiliate.affiliate_customer set birth_date = 'infinity', avg_ticket = 'NaN' "
        "where id % 20 = 0"
    )
    oltp.execute(
        "update affiliate.affiliate_customer_tag as tag set tag = 'friend of ' || who.full_name "
        "from affiliate.affiliate_customer as who "
        "where who.id = tag.affiliate_customer_id and tag.id % 10 = 0"
    )
    rows = oltp.execute(
        "select affiliate_id, id, full_name, email, phone, identifier "
        "from affiliate.affiliate_customer where id % 10 = 1"
    ).fetchall()
    for affiliate, customer, *said in rows:
        told = dict(zip(("full_name", "email", "phone", "identifier"), said, strict=True))
        good = _event("CustomerUpdated", affiliate, customer, **told)
        broken = (
            good[: len(good) * 9 // 10],
            good.replace(b'"type": "', b'"type": "\xff', 1),
            good.replace(b'"CustomerUpdated"', b'"CustomerDreamt"'),
            good.replace(str(customer).encode(), b'["' + str(said[1]).encode() + b'"]'),
        )
        broker.send("affiliate.customers", *broken, key=str(customer).encode())


def _erasure(person: _Person) -> bytes:
    return _event("CustomerErased", person.affiliate, person.customer, scope="all", request_id="R1")


def _event(kind: str, affiliate: int, customer: int, **data: str) -> bytes:
    event = {
        "specversion": "1.0",
        "id": f"{kind}-{customer}",
        "source": "/canary",
        "type": kind,
        "time": datetime.now(UTC).isoformat(),
        "affiliateid": affiliate,
        "data": {"affiliate_customer_id": customer, **data},
    }
    return json.dumps(event).encode()


@contextmanager
def _served(home: Home) -> Iterator[str]:
    """The address of `affiliate up`, as long as the block runs."""
    password = home.path / "secrets" / "password"
    password.write_text(PASSWORD)
    port = free_port()
    served = home.start("up", "--port", str(port), AFFILIATE_OPERATOR_PASSWORD_FILE=str(password))
    try:
        assert served.stdout is not None
        while f":{port}" not in (line := served.stdout.readline()):
            assert line, "`affiliate up` ended before it served anything"
        yield f"http://127.0.0.1:{port}"
    finally:
        served.send_signal(signal.SIGTERM)
        served.communicate()


def _pages(after: Aftermath, browser: Browser) -> Iterator[Answer]:
    """Every page but Dagster's: what they show comes from its GraphQL server."""
    for page in ("/", "/login", "/docs/", "/quality/", "/dashboard/", "/server_info", "/runs"):
        yield browser.get(page)
    for slug in after.slugs:
        yield browser.get(f"/dashboard/?affiliate={slug}")
    quality = after.home.path / "quality"
    for path in sorted(quality.rglob("*.html")):
        yield browser.get(f"/quality/{path.relative_to(quality)}")


def _questions(after: Aftermath, browser: Browser) -> Iterator[Answer]:
    """Everything that Dagster tells of its definitions, and of every run."""
    listed = browser.ask("{ runsOrError { ... on Runs { results { runId } } } }", {})
    runs = [one["runId"] for one in json.loads(listed.body)["data"]["runsOrError"]["results"]]
    assert len(runs) >= 4
    known = {
        "repositoryLocationName": "orchestration.definitions",
        "repositoryName": "__repository__",
        "jobName": "everything",
        "pipelineName": "everything",
        "scheduleName": "daily",
        "limit": 1000,
        "path": ["marts", "customer"],
    }
    yield from every_answer(browser, {**known, "runId": runs[0], "runIds": runs})
    for run in runs:
        told = {"runId": run, "limit": 1000}
        yield from every_answer(browser, told, only=("logsForRun",), words=8_000)
        yield browser.get(f"/download_debug/{run}")
        logs = browser.ask(_CAPTURED, {"run": run})
        for event in json.loads(logs.body)["data"]["logsForRun"]["events"]:
            if key := event.get("fileKey"):
                for kind in ("out", "err"):
                    yield browser.get(f"/logs/{run}/compute_logs/{key}.{kind}")


_CAPTURED = """
query ($run: ID!) { logsForRun(runId: $run) { ... on EventConnection {
    events { ... on LogsCapturedEvent { fileKey } } } } }
"""


def test_no_canary_token_leaks(aftermath: Aftermath) -> None:
    canaries = aftermath.canaries
    found = search(aftermath.home.path, canaries, aftermath.slugs, aftermath.erased)
    told = {
        f"{answer.place}: {one}"
        for answer in aftermath.answers
        for one in in_bytes(answer.body, canaries.affiliates)
    }
    said = in_bytes("\n".join(aftermath.said).encode(), canaries.affiliates)
    leaks = [*found.leaks, *sorted(told), *sorted(said)]
    _write_figures(aftermath, found, len(leaks))
    assert leaks == []
    # they are where they may be, or nothing would have been looked for
    rooms = {place.partition("/")[0] for place in found.places}
    assert rooms == {"landing", "releases", "warehouse", "audiences", "follow_ups"} | {
        place for place in rooms if place.startswith("warehouse: ")
    }
    assert any("quarantine" in place for place in found.places)


def test_no_request_has_a_server_error(aftermath: Aftermath) -> None:
    assert [a.place for a in aftermath.answers if a.status >= 500] == []


PLANTED: dict[str, Callable[[str], bytes]] = {
    "quality/page.html": lambda token: f"<td>{token}</td>".encode(),
    "dagster/storage/step.log.gz": lambda token: gzip.compress(token.encode()),
    "docs/manifest.json": lambda token: base64.b64encode(f"- {token}".encode()),
    "erasures/R-9.json": lambda token: token.encode("utf-16"),
    "landing/manifest/000000000099.json": lambda token: token.encode().hex().encode(),
}


@pytest.mark.parametrize("place", [*PLANTED, "releases/9/customer_olap.duckdb"])
def test_planted_token_is_found(aftermath: Aftermath, tmp_path: Path, place: str) -> None:
    planted = next(iter(aftermath.canaries.affiliates))
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    if place in PLANTED:
        path.write_bytes(PLANTED[place](planted))
    else:
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                "create table customer as select case i when 9 then $1 else 'x' || i end as tag "
                "from range(100000) r(i)",
                [planted],
            )
    found = search(tmp_path, aftermath.canaries, aftermath.slugs)
    assert found.leaks == [f"{place}: {planted}"]


def test_another_affiliates_customer_in_a_file_is_found(
    aftermath: Aftermath, tmp_path: Path
) -> None:
    whose = {one: ids for one, ids in aftermath.canaries.affiliates.items() if len(ids) == 1}
    theirs = next(one for one, ids in whose.items() if ids == {1})
    path = tmp_path / "releases" / "9" / "affiliates" / f"{aftermath.slug(2)}.duckdb"
    path.parent.mkdir(parents=True)
    own = next(one for one, ids in whose.items() if ids == {2})
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table customer as select unnest([$1, $2])", [theirs, own])
    found = search(tmp_path, aftermath.canaries, aftermath.slugs)
    assert found.leaks == [f"{path.relative_to(tmp_path)}: {theirs}"]


def _write_figures(after: Aftermath, found: Searched, leaks: int) -> None:
    """What was searched, where the caller wants to keep it."""
    if not (path := os.environ.get("AFFILIATE_PRIVACY_FIGURES")):
        return
    pages = len(after.answers)
    size = sum(len(answer.body) for answer in after.answers) / 1e6
    Path(path).write_text(
        "# Privacy\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, `make test-nightly`. In a sample world of {AFFILIATES} "
        f"affiliates and {CUSTOMERS} customer records, every name, e-mail, phone and identifier is "
        "a unique token. One run was held because of invalid rows, one ended because the disk was "
        "full, one was killed while it built models, and an erasure was killed while it published. "
        "Two people were erased, one by an event and one by the command. Then every file in "
        "`$AFFILIATE_HOME` and every page, GraphQL response, log and command output was searched: "
        "decoded, as bytes, UTF-16, escaped, base64, hexadecimal and compressed.\n\n"
        f"**Leaks: {leaks:,} of {len(after.canaries.affiliates):,} tokens x "
        f"{found.files + pages:,} files and responses.**\n\n"
        "| searched | number |\n|---|---|\n"
        f"| files | {found.files:,} |\n| pages and responses | {pages:,} ({size:.0f} MB) |\n"
        f"| tokens | {len(after.canaries.affiliates):,}, {len(after.erased):,} of them of erased "
        "people |\n"
        f"| places that may contain tokens and do | {len(found.places):,} |\n"
    )
