"""Who is who after any sequence of changes is what a build from nothing says."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from ingestion.embedded import EmbeddedPostgres
from tests.dbt.dbt_warehouse import Warehouse, writing
from tests.dbt.identity_world import (
    Record,
    copy_landed,
    create,
    create_ledger_inputs,
    draw,
    erase,
    fill,
    land,
)

#: Small enough that blocks are capped, identifiers turn junk and components are taken apart.
LIMITS = {
    "identity_component_cap": 8,
    "identity_block_cap": 12,
    "identity_junk_people": 3,
    "identity_link_surplus": 6000,
}
KEPT = (
    *(
        f"int_identity__{name}"
        for name in (
            "normalised_records",
            "key_profiles",
            "match_records",
            "pair_weights",
            "components",
            "clusters",
            "assignments",
            "assignment_changes",
            "new_events",
            "edge_changes",
            "customer_attributes",
        )
    ),
    "identity_edges",
    "identity_events",
    "identity_review",
    "customer_redirects",
    "customer_xref",
    "customer_xref_history",
)
STEPS = 4


#: From the last step on: all that is kept was made by other rules.
OTHER_LIMITS = LIMITS | {"identity_junk_people": 2, "identity_component_step": 5000}


def _build(warehouse: Warehouse, limits: dict[str, int] = LIMITS) -> None:
    done = warehouse.dbt(
        "build",
        "--exclude-resource-type", "unit_test", "test",
        "--vars", json.dumps(limits),
        "--select", *MODELS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


MODELS = (
    "identity_weights",
    "identity_term_weights",
    "identity_nicknames",
    "identity_junk_values",
    "identity_dialling_plans",
    "identity_mail_providers",
    "stg_identity__decisions",
    *(
        f"int_identity__{name}"
        for name in (
            "restated_records",
            "normalised_records",
            "changed_records",
            "changed_keys",
            "key_profiles",
            "touched_records",
            "match_records",
            "weights",
            "pair_weights",
            "affected_records",
            "components",
            "people",
            "clusters",
            "members",
            "id_claims",
            "assignments",
            "assignment_changes",
            "edge_changes",
            "new_events",
            "customer_attributes",
        )
    ),
    "erased_records",
    "identity_edges",
    "identity_events",
    "identity_review",
    "customer_redirects",
    "customer_xref",
    "customer_xref_history",
)


def _kept(warehouse: Warehouse) -> dict[str, list[Any]]:
    """Rows of all that is kept, without digests, which each engine makes in its own way."""
    found = {}
    with warehouse.connect() as connection:
        for table in KEPT:
            cursor = connection.execute(f"select * from identity.{table}")
            places = [n for n, column in enumerate(cursor.description) if column[0][-5:] != "_hash"]
            rows = [tuple(row[place] for place in places) for row in cursor.fetchall()]
            found[table] = sorted(rows, key=repr)
    return found


def _warehouse(folder: Path) -> Warehouse:
    """An empty one; what dbt parsed for the last one there still holds."""
    folder.mkdir(exist_ok=True)
    (folder / "warehouse.duckdb").unlink(missing_ok=True)
    warehouse = Warehouse("duckdb", str(folder / "warehouse.duckdb"), folder)
    create(warehouse)
    create_ledger_inputs(warehouse)
    return warehouse


def _change(rng: random.Random, records: dict[int, Record], decisions: list[Record]) -> None:
    """Some records come, some change, some go; a steward splits, joins and changes their mind."""
    for number in rng.sample(sorted(records), 8):
        del records[number]
    for number in rng.sample(sorted(records), 8):
        field = rng.choice(("email", "gender", "known_since"))
        records[number] |= {field: draw(rng, number)[field]}
    for _ in range(12):
        number = rng.randrange(10_000)
        records[number] = draw(rng, number)
    for _ in range(3):
        pair = rng.sample(list(records.values()), 2)
        left, right = sorted(f"{r['affiliate_id']}:{r['affiliate_customer_id']}" for r in pair)
        decisions.append(
            {"decision": rng.choice(("same", "different")), "left": left, "right": right}
        )
    if len(decisions) > 3:
        decisions.append(decisions[0] | {"decision": rng.choice(("same", "different"))})


@pytest.mark.nightly
def test_incremental_build_equals_a_full_build(tmp_path: Path) -> None:
    rng = random.Random(1)
    records = {number: draw(rng, number) for number in range(250)}
    decisions: list[Record] = []
    kept = _warehouse(tmp_path / "kept")
    for step in range(STEPS):
        if step:
            _change(rng, records, decisions)
        erased = rng.sample(sorted(records), 2 * step)
        anew = _warehouse(tmp_path / "anew")
        copy_landed(kept, anew)
        for warehouse in (kept, anew):
            fill(warehouse, list(records.values()), decisions)
            erase(warehouse, [records[number] for number in erased])
            _build(warehouse, OTHER_LIMITS if step == STEPS - 1 else LIMITS)
        assert _kept(kept) == _kept(anew), f"step {step}"
        goes_on = kept.query("select count(*) from meta.identity_ledger")
        assert goes_on == [(1,)]
        # what the third build added is never landed
        if step != 2:
            land(kept, step + 1)


def test_identity_on_postgres_equals_duckdb(
    tmp_path: Path, postgres_server: EmbeddedPostgres
) -> None:
    rng = random.Random(2)
    records = {number: draw(rng, number) for number in range(250)}
    decisions: list[Record] = []
    postgres_server.ensure_database("identity")
    server = Warehouse("postgres", postgres_server.dsn("identity"), tmp_path)
    create(server)
    create_ledger_inputs(server)
    file = _warehouse(tmp_path / "file")
    for step in range(2):
        if step:
            # as if there had been half as many records: all are told apart anew
            with writing(file) as connection:
                connection.execute("update identity.int_identity__weights set link_weight = 1")
        for warehouse in (server, file):
            fill(warehouse, list(records.values()), decisions)
            _build(warehouse)
        assert _kept(server) == _kept(file)
        land(server, step)
        land(file, step)
        _change(rng, records, decisions)
