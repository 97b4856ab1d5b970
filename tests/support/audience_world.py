"""Input of an audience run: a small release, a landing zone and audience files."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from activation.audiences.deliver import run
from activation.audiences.report import RunOptions, RunReport
from activation.audiences.store import runs_of
from contracts.ledgers import ASSIGNMENTS
from core.settings import Settings
from ingestion.kafka.columns import SCHEMA
from ingestion.landing import Counts, LandingZone, parquet
from ingestion.landing.manifest import LEDGER
from privacy.pairwise import pseudonym
from privacy.pseudonym import load_key
from serving import FileEntry, Release
from serving.store import switch_link

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
NOW = AS_OF + timedelta(hours=1)
SLUGS = {1: "alpha", 2: "beta"}

_TABLES = {
    "customer": (
        "affiliate VARCHAR, customer_id VARCHAR, full_name VARCHAR, email VARCHAR, phone VARCHAR, "
        "age INTEGER, lifecycle_stage VARCHAR, avg_ticket DECIMAL(18,2), last_order_at TIMESTAMPTZ,"
        " consent_email BOOLEAN, consent_sms BOOLEAN, consent_whatsapp BOOLEAN, "
        "consent_phone BOOLEAN, consent_profiling BOOLEAN"
    ),
    "customer_insights": (
        "affiliate VARCHAR, customer_id VARCHAR, sessions_30d INTEGER, last_contact_at TIMESTAMPTZ,"
        " products_visited STRUCT(product_id VARCHAR)[]"
    ),
    "customer_tags": (
        "affiliate VARCHAR, customer_id VARCHAR, tag_code VARCHAR, sensitivity VARCHAR, "
        "is_active BOOLEAN"
    ),
    "customer_interests": (
        "affiliate VARCHAR, customer_id VARCHAR, dimension VARCHAR, value VARCHAR, rank INTEGER"
    ),
    "customer_orders": (
        "affiliate VARCHAR, customer_id VARCHAR, ordered_at TIMESTAMPTZ, is_valid_sale BOOLEAN, "
        "net_amount_base DECIMAL(18,2)"
    ),
}


@dataclass(frozen=True)
class Customer:
    """A customer record; without `person` it is a unified customer by itself."""

    affiliate_id: int
    record_id: int
    person: str = ""
    full_name: str | None = "Ana Lima"
    email: str | None = "ana@mail.example"
    phone: str | None = None
    age: int | None = 40
    lifecycle_stage: str = "at_risk"
    avg_ticket: float | None = 100.0
    consent_email: bool = True
    last_contact_at: datetime | None = None
    tags: tuple[tuple[str, str, bool], ...] = ()
    interests: tuple[tuple[str, str, int], ...] = ()
    orders: tuple[tuple[datetime, float | None], ...] = ()

    @property
    def person_id(self) -> str:
        return self.person or f"person-{self.affiliate_id}-{self.record_id}"


@dataclass
class World:
    """A platform's home with releases, landed events, and a folder of audiences."""

    settings: Settings
    folder: Path
    customers: list[Customer] = field(default_factory=list)
    releases: int = 0

    @property
    def zone(self) -> LandingZone:
        return LandingZone(self.settings.landing_path)

    def member(self, affiliate_id: int, record_id: int) -> str:
        return pseudonym(load_key(self.settings), affiliate_id, "customer", str(record_id))

    def audience(self, name: str = "winback", **changes: Any) -> None:
        """Writes an audience; a field that is None is left out."""
        content = {
            "audience": name,
            "owner": "marketing@shop.example",
            "purpose": "promo_email",
            "scope": "own",
            "where": {"field": "lifecycle_stage", "eq": "at_risk"},
            "requires_consent": ["email_marketing"],
            "send": ["email", "avg_ticket"],
            "deliver": [{"csv": "per_affiliate"}],
            **changes,
        }
        self.folder.mkdir(exist_ok=True)
        text = yaml.safe_dump({k: v for k, v in content.items() if v is not None})
        (self.folder / f"{name}.yaml").write_text(text)

    def run(self, name: str = "winback", *, now: datetime = NOW, **options: bool) -> RunReport:
        return run(self.settings, self.folder, name, RunOptions(now, **options))

    def delivered(self, name: str = "winback", kind: str = "csv") -> list[dict[str, str]]:
        """Rows of the newest run's files."""
        runs = runs_of(self.settings.home, name)
        rows = []
        for path in sorted((runs.path(runs.last()) / kind).glob("*.csv")):
            with path.open(newline="") as file:
                found = list(csv.DictReader(file))
            assert {row["affiliate"] for row in found} == {path.stem}
            rows += found
        return rows

    def visits(self, name: str = "winback") -> list[dict[str, Any]]:
        """The newest run's membership."""
        runs = runs_of(self.settings.home, name)
        table = pq.read_table(runs.path(runs.last()) / "membership.parquet")
        found: list[dict[str, Any]] = table.to_pylist()
        return sorted(found, key=lambda v: (v["affiliate_id"], v["record_id"], v["entry_number"]))

    def change(self, affiliate_id: int, record_id: int, **changes: Any) -> None:
        self.customers = [
            replace(c, **changes) if (c.affiliate_id, c.record_id) == (affiliate_id, record_id)
            else c
            for c in self.customers
        ]  # fmt: skip

    def publish(self) -> None:
        """Lands who is who, and makes a release of today's customers the current one."""
        self._land_identity()
        self.releases += 1
        name = f"{self.releases:04d}"
        folder = self.settings.releases_path / name
        (folder / "affiliates").mkdir(parents=True)
        for affiliate_id, slug in SLUGS.items():
            self._write(folder / "affiliates" / f"{slug}.duckdb", affiliate_id)
        self._write(folder / "customer_olap.duckdb", None)
        latest = self.zone.latest
        position = latest.number if latest else None
        files = {f"affiliates/{slug}.duckdb": FileEntry("", 0, {}, (), affiliate_id)
                 for affiliate_id, slug in SLUGS.items()}  # fmt: skip
        Release(name, AS_OF, "duckdb", AS_OF, position, files, (), {}, folder).write(folder)
        switch_link(self.settings.releases_path / "current", name)

    def land(
        self, topic: str, kind: str, affiliate_id: int, at: datetime = NOW, **data: Any
    ) -> None:
        """Lands one event."""
        event = {"id": "1", "source": "t", "type": kind, "time": at.isoformat(),
                 "affiliateid": affiliate_id, "data": data}  # fmt: skip
        row = {"topic": topic, "partition": 0, "offset": 0, "value": json.dumps(event).encode()}
        schema = pa.schema([*SCHEMA, pa.field("document", pa.string())])
        self._land(f"events/{topic}", pa.RecordBatch.from_pylist([row], schema), "events")

    def _land_identity(self) -> None:
        rows = [
            {"affiliate_id": c.affiliate_id, "affiliate_customer_id": c.record_id,
             "customer_id": c.person_id, "assigned_at": AS_OF, "invocation_id": "i"}
            for c in self.customers
        ]  # fmt: skip
        batch = pa.RecordBatch.from_pylist(rows, ASSIGNMENTS.schema)
        self._land(ASSIGNMENTS.dataset, batch, LEDGER)

    def _land(self, dataset: str, rows: pa.RecordBatch, kind: str) -> None:
        with self.zone.batch("test") as batch:
            parquet.write(batch.stage(dataset), rows.schema, [rows])
            batch.record(dataset, Counts(kind, rows.num_rows, rows.num_rows), {"end": 1})
            batch.commit()

    def _write(self, path: Path, affiliate_id: int | None) -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA marts; USE marts")
            for table, columns in _TABLES.items():
                extra = ", affiliates_count INTEGER" * (affiliate_id is None)
                connection.execute(f"CREATE TABLE {table} ({columns}{extra})")
            rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _TABLES}
            for c in self.customers:
                if affiliate_id in (c.affiliate_id, None):
                    self._add(rows, c, internal=affiliate_id is None)
            for table, found in rows.items():
                if found:
                    marks = ", ".join([f"({', '.join('?' for _ in found[0])})"] * len(found))
                    values = [value for row in found for value in row]
                    connection.execute(f"INSERT INTO {table} VALUES {marks}", values)

    def _add(self, rows: dict[str, list[tuple[Any, ...]]], c: Customer, *, internal: bool) -> None:
        member = c.person_id if internal else self.member(c.affiliate_id, c.record_id)
        key = (SLUGS[c.affiliate_id], member)
        more = (2,) if internal else ()
        rows["customer"].append(
            (*key, c.full_name, c.email, c.phone, c.age, c.lifecycle_stage, c.avg_ticket, None,
             c.consent_email, False, False, False, False, *more)
        )  # fmt: skip
        rows["customer_insights"].append((*key, 1, c.last_contact_at, [], *more))
        rows["customer_tags"] += [(*key, *tag, *more) for tag in c.tags]
        rows["customer_interests"] += [(*key, *interest, *more) for interest in c.interests]
        rows["customer_orders"] += [(*key, at, True, amount, *more) for at, amount in c.orders]
