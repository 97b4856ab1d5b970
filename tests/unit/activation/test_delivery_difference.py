"""Random runs whose changes or acknowledgements may be lost."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from activation.delivery.difference import (
    CHANGE_COLUMNS,
    OPERATIONS,
    REMOVED,
    STATE_COLUMNS,
    changes_file,
    compare_with,
)
from activation.delivery.runs import DESIRED, Runs
from tests.depth import examples

Held = dict[str, str]
#: Who is in at a run and with what; how much of it arrives; whether we learn that all did.
RUN = st.tuples(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2"]), max_size=4),
    st.sampled_from(["all", "nothing", "some"]),
    st.booleans(),
    st.booleans(),
)


class Destination:
    """Applies changes; removes a member only if the removal has the value that it holds."""

    def __init__(self) -> None:
        self.holds: Held = {}

    def take(self, operation: str, member: str, sent: str) -> None:
        if operation != REMOVED:
            self.holds[member] = sent
        elif self.holds.get(member) == sent:
            del self.holds[member]


def run_once(connection: duckdb.DuckDBPyConnection, runs: Runs, wanted: Held, resync: bool) -> Any:
    """Runs a delivery up to its commit and returns its changes."""
    rows = ", ".join(f"('alpha', '{member}', '{sent}')" for member, sent in wanted.items())
    runs.read(connection, "desired", STATE_COLUMNS, None)
    if rows:
        connection.execute(f"INSERT INTO desired VALUES {rows}")
    counts = compare_with(connection, runs, "csv", resync=resync)
    changes = connection.execute(
        "SELECT operation, key, sent FROM changes_csv ORDER BY key"
    ).fetchall()
    assert sum(counts[name] for name in OPERATIONS) == len({member for _, member, _ in changes})
    with runs.building() as building:
        runs.write(connection, "desired", STATE_COLUMNS, building / DESIRED)
        runs.write(connection, "changes_csv", CHANGE_COLUMNS, building / changes_file("csv"))
        runs.commit(building, {"run": runs.last() + 1, "targets": {"csv": counts}})
    return changes


@settings(max_examples=examples(10))
@given(st.lists(RUN, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_destination_converges_to_the_desired_state(sequence: list[Any], chance: Any) -> None:
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        runs, destination = Runs(Path(folder), "a delivery"), Destination()
        with runs.writing():
            for wanted, arrives, acknowledged, resync in sequence:
                for change in run_once(connection, runs, wanted, resync):
                    if arrives == "all" or (arrives == "some" and chance.random() < 0.5):
                        destination.take(*change)
                if arrives == "all" and acknowledged:
                    runs.acknowledge(runs.last(), "csv")
                    runs.prune(["csv"], kept=chance.randint(0, 1))
            wanted = sequence[-1][0]
            for change in run_once(connection, runs, wanted, resync=False):
                destination.take(*change)
            assert destination.holds == wanted
            runs.acknowledge(runs.last(), "csv")
            assert run_once(connection, runs, wanted, resync=False) == []
