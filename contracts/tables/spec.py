"""What a contract of a source table consists of; each part refuses what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.columns import AUDIT, PLATFORM, Column
from contracts.personal import NONE, Level, strongest

#: Column that names a customer record in every table but the customers' own.
CUSTOMER_ID = "affiliate_customer_id"


@dataclass(frozen=True)
class Subject:
    """The customer that a row belongs to, who can request its erasure or export.

    Attributes:
        customer: Column with the id of the customer record.
        mailbox: Column with an e-mail address that may stand there before the customer is known.
    """

    customer: str
    mailbox: str | None = None


@dataclass(frozen=True)
class PartOf:
    """The parent row, whose subject a row shares.

    Attributes:
        table: `schema.table` of that row.
        reference: Column with its key.
    """

    table: str
    reference: str


@dataclass(frozen=True)
class TableSpec:
    """One source table.

    Attributes:
        schema: Schema in the OLTP.
        name: Table name; unique over all schemas.
        columns: In order, primary key first, audit columns left out.
        primary_key: Key columns; each is one of `columns`.
        excluded: Columns of the OLTP that are never read, not even selected.
        description: One line for people, shown in the UI.
        subject: The customer that a row belongs to; None if the table is not about customers.
        part_of: In place of a subject, the row that a row is a part of.
        business_time: Column with a time from which the marts date something.
        stale_after_days: Days without a new row after which the source may have stopped.
    """

    schema: str
    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ("id",)
    excluded: tuple[str, ...] = ()
    description: str = ""
    subject: Subject | None = None
    part_of: PartOf | None = None
    business_time: str | None = None
    stale_after_days: int | None = None

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.qualified}: a column is named twice")
        if missing := set(self._mentioned()) - {name for name, _ in self.all_columns}:
            raise ValueError(f"{self.qualified}: {sorted(missing)} are not columns")
        if both := set(self.excluded) & set(names):
            raise ValueError(f"{self.qualified}: {sorted(both)} are both read and excluded")
        if self.subject is None:
            self._check_subjectless(names)

    @property
    def qualified(self) -> str:
        """`schema.table`, as in the landing zone's paths."""
        return f"{self.schema}.{self.name}"

    @property
    def dataset(self) -> str:
        """Name in the landing zone, for the first source."""
        return f"oltp/{self.qualified}"

    @property
    def raw_table(self) -> str:
        """Name of the raw table in the warehouse's schema `raw`."""
        return f"oltp_{self.name}"

    @property
    def described(self) -> tuple[Column, ...]:
        """`columns` and the audit columns."""
        return (*self.columns, *AUDIT)

    @property
    def all_columns(self) -> tuple[tuple[str, str], ...]:
        """(name, raw type) of `columns` and the audit columns."""
        return tuple((column.name, column.type) for column in self.described)

    @property
    def kept(self) -> frozenset[str]:
        """Landed columns that stay when the subject is erased: what is not personal.

        A column beyond the contract may hold anything, and does not stay.
        """
        harmless = (column.name for column in self.described if column.personal == NONE)
        return frozenset((*harmless, *PLATFORM))

    @property
    def level(self) -> Level:
        """Return how a row identifies a person; one with a record ID is at least `quasi`."""
        found = strongest(column.personal for column in self.columns)
        return "quasi" if found == "none" and (self.subject or self.part_of) else found

    def of_class(self, *classes: str) -> tuple[str, ...]:
        """Names of the columns of these classes of personal data."""
        return tuple(column.name for column in self.columns if column.personal in classes)

    def _mentioned(self) -> Iterator[str]:
        """Columns that other parts of the contract name."""
        yield from self.primary_key
        if self.subject:
            yield self.subject.customer
        if self.subject and self.subject.mailbox:
            yield self.subject.mailbox
        if self.part_of:
            yield self.part_of.reference
        if self.business_time:
            yield self.business_time
        yield from (rule.other for c in self.columns for rule in c.rules if rule.other)

    def _check_subjectless(self, names: list[str]) -> None:
        """An erasure has to find the rows that hold something of a customer."""
        if CUSTOMER_ID in names:
            raise ValueError(
                f"{self.qualified} names customers: add `subject: {{customer: {CUSTOMER_ID}}}`"
            )
        personal = [column.name for column in self.columns if column.personal != NONE]
        if self.part_of and personal:
            raise ValueError(
                f"{self.qualified}: {personal} are personal, and an erasure finds no rows by "
                f"{self.part_of.reference}: read {CUSTOMER_ID} too and make it the subject"
            )
