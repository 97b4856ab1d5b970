"""What landed after the day that `raw_world` is of: everything changes, goes or comes somewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contracts.ledgers import BUILT
from contracts.tables import TABLES, TEXT
from tests.dbt.dbt_warehouse import Connection
from tests.dbt.raw_world import AS_OF, RawWorld, Row

DAY = timedelta(days=1)
#: Entries of the manifest: what the build landed of identity, and what later runs landed.
LEDGER, NEXT, LAST = 20, 21, 22


def later_world(world: RawWorld) -> RawWorld:
    """Of every table the first rows changed, the last ones deleted, and new ones; and events."""
    later = RawWorld()
    for spec in TABLES:
        (key,) = spec.primary_key
        texts = {c.name: f"later {c.name}" for c in spec.columns if c.type == TEXT}
        rows = [row for row in world.rows[spec.raw_table] if row["_op"] == "upsert"]
        living = {row[key]: row for row in rows}
        for row in list(living.values())[:15]:
            later.put(spec.name, seq=NEXT, **_changed(row, texts))
        for row in list(living.values())[-3:]:
            later.put(spec.name, op="delete", seq=LAST, **{key: row[key]})
        new = {key: 90_000, "created_at": AS_OF + DAY, "updated_at": AS_OF + DAY}
        later.put(spec.name, seq=NEXT, **{"affiliate_id": 1} | rows[0] | new)
    _events(later)
    _ledger(later, world)
    later.rows["loaded_file"] = [
        {
            "path": f"oltp/sales.product/{seq}.parquet",
            "sha256": "00",
            "rows": 1,
            "source": "oltp",
            "seq": seq,
            "landed_at": AS_OF + DAY * seq,
        }
        for seq in (NEXT, LAST)
    ]
    return later


def land_ledger(connection: Connection) -> None:
    """Lands what the build added to the ledger, as the ledger step does."""
    for spec in BUILT:
        columns = ", ".join(name for name, _ in spec.columns if name != "invocation_id")
        connection.execute(
            f"insert into raw.{spec.raw_table} ({columns}, _seq)"
            f" select {columns}, {LEDGER} from identity.{spec.model}"
        )


def _changed(row: Row, texts: dict[str, str]) -> dict[str, Any]:
    """The row as it was changed a day later; ids and what it hangs on stay."""
    words = {name: text for name, text in texts.items() if name != "status"}
    if "status" in texts:
        words["status"] = "cancelled"
    if "email" in texts:
        words |= {"email": f"{row.get('id')}@later.example", "postal_code": "99999"}
    kept = {name: value for name, value in row.items() if not name.startswith("_")}
    return kept | {k: v for k, v in words.items() if k in texts} | {"updated_at": AS_OF + DAY}


def _events(later: RawWorld) -> None:
    at = AS_OF + DAY
    for customer in range(1002, 1020):
        about = {"affiliate_customer_id": customer, "product_id": 100, "deal_id": f"d{customer}"}
        consent = about | {"purpose": "marketing", "channel": "email", "full_name": "Else Later"}
        for affiliate in (1, 2, 3):
            visit, deal = ("storefront.visits", "ProductVisited"), ("sales.funnel", "DealWon")
            said = ("marketing.consents", "ConsentWithdrawn")
            named = ("affiliate.customers", "CustomerUpdated")
            for topic, kind in (visit, deal, said, named):
                key = f"later-{kind}-{affiliate}-{customer}"
                later.emit(topic, kind, affiliate, at, consent, key=key)


def _ledger(later: RawWorld, world: RawWorld) -> None:
    """A later build that gave half of the records another person, and a steward's decision."""
    rows = world.rows["oltp_affiliate_customer"] + later.rows["oltp_affiliate_customer"]
    later.rows["identity_assignments"] = [
        {
            "affiliate_id": affiliate,
            "affiliate_customer_id": record,
            "customer_id": "later",
            "assigned_at": AS_OF + DAY,
            "_seq": LAST,
        }
        for affiliate, record in sorted(
            {(row["affiliate_id"], row["id"]) for row in rows if row.get("affiliate_id")}
        )
        if record % 2 == 0
    ]
    later.rows["identity_events"] = [
        {
            "event": "merged",
            "customer_id": "id-5",
            "other_customer_id": "later",
            "happened_at": AS_OF + DAY,
            "_seq": LAST,
        }
    ]
    later.rows["identity_decisions"] = [
        {
            "left_record_id": left,
            "right_record_id": right,
            "decision_id": "later",
            "decision": "different",
            "decided_by": "steward",
            "decided_at": AS_OF + DAY,
            "_seq": LAST,
        }
        for left, right in (("2:2", "3:5"),)
    ]
