"""What earlier builds are said to have landed of identity: ids that lie across today's persons."""

from __future__ import annotations

from datetime import timedelta

from tests.dbt.raw_world import AS_OF, RawWorld

#: Fewer ids than persons, so that every id is torn, and most persons get several.
IDS, KNOWN = 20, 80


def with_ledger(world: RawWorld) -> RawWorld:
    """Adds landed assignments, events, edges and decisions, of which every kind of change comes."""
    first, second = AS_OF - timedelta(days=20), AS_OF - timedelta(days=10)
    owners = {row["id"]: row["affiliate_id"] for row in _customers(world)}
    rows = world.rows.setdefault("identity_assignments", [])
    for place, (customer, affiliate) in enumerate(sorted(owners.items())[:KNOWN]):
        record = {"affiliate_id": affiliate, "affiliate_customer_id": customer}
        if place % IDS == 3:
            # merged into id 3 since
            rows.append(record | {"customer_id": "merged-3", "assigned_at": first, "_seq": 2})
        current = {"customer_id": f"id-{place % IDS}", "assigned_at": second, "_seq": 3}
        rows.append(record | current)
    gone = {"affiliate_id": 1, "affiliate_customer_id": 9999, "customer_id": "gone"}
    rows.append(gone | {"assigned_at": first, "_seq": 2})
    world.rows["identity_events"] = [
        {
            "event": "merged",
            "customer_id": merged,
            "other_customer_id": target,
            "happened_at": second,
            "_seq": 3,
        }
        for merged, target in (("merged-3", "id-3"), ("merged-gone", "gone"))
    ]
    pair = {"left_record_id": "1:9998", "right_record_id": "1:9999"}
    world.rows["identity_edges"] = [
        pair
        | {
            "rule": "e-mail",
            "email_weight": 9000,
            "total_weight": 9000,
            "weights_version": 1,
            "is_linking": True,
            "_seq": 2,
        }
    ]
    world.rows["identity_decisions"] = [
        pair
        | {
            "decision_id": f"d{number}",
            "decision": decision,
            "decided_by": "steward",
            "decided_at": first,
            "reason": "they told us",
            "_seq": number,
        }
        for number, decision in enumerate(("same", "different"), start=2)
    ]
    return world


def _customers(world: RawWorld) -> list[dict[str, object]]:
    rows = world.rows["oltp_affiliate_customer"]
    return [row for row in rows if row["_op"] == "upsert" and row["id"] >= 1000]
