"""The ledgers, as data: what the platform decided or delivered itself; rows are only appended."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from contracts.columns import BIGINT, BOOLEAN, INTEGER, TEXT, TIMESTAMP

#: The fields that an edge has a weight of, in the order they are shown; those of
#: the dbt macro `identity_levels`.
EDGE_FIELDS = (
    "email",
    "phone",
    "identifier",
    "first_name",
    "surname",
    "birth_date",
    "postal_code",
    "gender",
)
_ARROW = {
    BIGINT: pa.int64(),
    INTEGER: pa.int32(),
    BOOLEAN: pa.bool_(),
    TEXT: pa.string(),
    TIMESTAMP: pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True)
class LedgerSpec:
    """One ledger.

    Attributes:
        name: After `identity/`, and after `raw.identity_` in the warehouse.
        columns: (name, raw type) in order.
        description: One line for people.
        model: dbt model with the rows that a build adds; None if others add them.
        area: In place of `identity`.
        erased_by: Columns that name customer records, each as `affiliate:customer`; a row goes if
            one of them is erased. Rows of other ledgers stay: their ids say nothing.
        is_of_customer: Whether a row belongs to the customer in `affiliate_id` and
            `affiliate_customer_id`, and goes with that customer.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    description: str
    model: str | None = None
    area: str = "identity"
    erased_by: tuple[str, ...] = ()
    is_of_customer: bool = False

    @property
    def dataset(self) -> str:
        """Name in the landing zone."""
        return f"{self.area}/{self.name}"

    @property
    def raw_table(self) -> str:
        """Name of the raw table in the warehouse's schema `raw`."""
        return f"{self.area}_{self.name}"

    @property
    def schema(self) -> pa.Schema:
        """Of the landed files."""
        return pa.schema([(name, _ARROW[kind]) for name, kind in self.columns])


INVOCATION = ("invocation_id", TEXT)
PAIR = (("left_record_id", TEXT), ("right_record_id", TEXT))

ASSIGNMENTS = LedgerSpec(
    "assignments",
    (
        ("affiliate_id", BIGINT),
        ("affiliate_customer_id", BIGINT),
        ("customer_id", TEXT),
        ("assigned_at", TIMESTAMP),
        INVOCATION,
    ),
    "Every change of the customer_id that a customer record has.",
    model="int_identity__assignment_changes",
)
EVENTS = LedgerSpec(
    "events",
    (
        ("event", TEXT),
        ("customer_id", TEXT),
        ("other_customer_id", TEXT),
        ("record_id", TEXT),
        ("cause_left_record_id", TEXT),
        ("cause_right_record_id", TEXT),
        ("cause_weight", INTEGER),
        ("cause", TEXT),
        ("happened_at", TIMESTAMP),
        INVOCATION,
    ),
    "Every event in the life of a customer_id: created, merged, split.",
    model="int_identity__new_events",
)
EDGES = LedgerSpec(
    "edges",
    (
        *PAIR,
        *((f"{field}_weight", INTEGER) for field in EDGE_FIELDS),
        ("total_weight", INTEGER),
        ("weights_version", INTEGER),
        ("rule", TEXT),
        ("is_linking", BOOLEAN),
        INVOCATION,
    ),
    "Every version of a pair of customer records that are linked, or were.",
    model="int_identity__edge_changes",
    erased_by=("left_record_id", "right_record_id"),
)
DECISIONS = LedgerSpec(
    "decisions",
    (
        ("decision_id", TEXT),
        ("decision", TEXT),
        *PAIR,
        ("decided_by", TEXT),
        ("decided_at", TIMESTAMP),
        ("reason", TEXT),
    ),
    "Every decision of a steward about a pair of customer records.",
    erased_by=("left_record_id", "right_record_id"),
)
#: An outcome finds its deal again by it.
FOLLOW_UPS = LedgerSpec(
    "follow_ups",
    (
        ("affiliate_id", BIGINT),
        ("task_pseudonym", TEXT),
        ("task_id", TEXT),
        ("deal_id", TEXT),
        ("affiliate_customer_id", BIGINT),
        ("delivered_at", TIMESTAMP),
    ),
    "Every delivered task: its name outside the platform, and the deal it belongs to.",
    area="delivered",
    is_of_customer=True,
)
#: What a build adds, landed together.
BUILT = (ASSIGNMENTS, EVENTS, EDGES)
DATASETS = (*BUILT, DECISIONS, FOLLOW_UPS)

_BY_DATASET = {spec.dataset: spec for spec in DATASETS}


def of_dataset(dataset: str) -> LedgerSpec | None:
    """The contract of a landed ledger; None if it has none."""
    return _BY_DATASET.get(dataset)
