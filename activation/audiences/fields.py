"""The fields that a rule can use: columns that the file of every affiliate has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import duckdb

from activation.audiences.definition import OWN
from activation.delivery.fields import Field, kind_of
from core import sql
from core.errors import ConfigurationError
from serving import AFFILIATE, CONTACTS, affiliate_slugs, open_release

#: Alias → table with one row per customer; a column is taken from the first table that has it.
TABLES = {"c": "customer", "i": "customer_insights"}
#: Dimensions of interests; products are excluded, because their IDs are pseudonyms.
DIMENSIONS = ("category", "brand", "price_band")


@dataclass(frozen=True)
class Catalogue:
    """The fields of one scope.

    Attributes:
        scope: own or unified_internal.
        fields: Fields by name.
        foreign: Names that only the other scope has; a rule must not use them.
        affiliates: Slugs, so that the error for `slug.field` can explain itself.
        tag_columns: Columns of `customer_tags`.
    """

    scope: str
    fields: dict[str, Field]
    foreign: frozenset[str] = frozenset()
    affiliates: tuple[str, ...] = ()
    tag_columns: frozenset[str] = field(default_factory=frozenset)

    def find(self, name: str, audience: str) -> Field:
        """Return the field with this name.

        Raises:
            ConfigurationError: it belongs to one affiliate or the other scope, or is unknown; the
                message suggests similar names.
        """
        if name in self.fields:
            return self.fields[name]
        owner, dot, rest = name.partition(".")
        if self.scope == OWN and dot and owner in self.affiliates:
            raise ConfigurationError(
                f"audience {audience}: field {name} belongs to one affiliate: an audience uses "
                f"fields that every affiliate's file has, such as {rest}"
            )
        if name in self.foreign:
            raise ConfigurationError(
                f"audience {audience}: field {name} belongs to the unified customer: an audience "
                "that is delivered to affiliates uses only fields of the affiliate's own file"
                if self.scope == OWN
                else f"audience {audience}: field {name} belongs to affiliates' files, not to the "
                "unified customer"
            )
        close = get_close_matches(name, self.fields, n=3)
        hint = f"; similar fields: {', '.join(close)}" if close else ""
        raise ConfigurationError(f"audience {audience}: unknown field {name}{hint}")


def read_catalogue(release: Path, scope: str) -> Catalogue:
    """Return the fields of a scope, from the columns and comments of a release.

    Raises:
        ConfigurationError: there is no such release, or no affiliate has a file in it.
    """
    slugs = affiliate_slugs(release)
    if not slugs:
        raise ConfigurationError("no affiliate has a file in the release: run `affiliate run`")
    with open_release(release, affiliate=slugs[0]) as own, open_release(release) as unified:
        here, there = (own, unified) if scope == OWN else (unified, own)
        fields = _fields(here)
        foreign = frozenset(name for name in _fields(there) if name not in fields)
        tags = frozenset(sql.columns(here, "customer_tags"))
    return Catalogue(scope, fields, foreign, slugs, tags)


def _fields(connection: duckdb.DuckDBPyConnection) -> dict[str, Field]:
    """Return the columns with one value per customer, except IDs."""
    rows = connection.execute(
        "SELECT table_name, column_name, data_type, coalesce(comment, '') FROM duckdb_columns() "
        "WHERE database_name = 'release' ORDER BY table_name, column_index"
    ).fetchall()
    found: dict[str, Field] = {}
    for alias, table in TABLES.items():
        for of, name, kind, comment in rows:
            if of == table and name not in found and _is_usable(name, kind):
                expression = f"{alias}.{sql.name(name)}"
                found[name] = Field(name, expression, kind_of(kind), kind, comment)
    return found


def _is_usable(name: str, kind: str) -> bool:
    return name != AFFILIATE and not name.endswith("_id") and kind_of(kind) != ""


def refuse_contacts(names: Iterable[str], audience: str) -> None:
    """Refuse names and addresses in a rule, which would single out a person; they can be sent.

    Raises:
        ConfigurationError: a field is a name or an address.
    """
    for name in names:
        if name in CONTACTS:
            raise ConfigurationError(
                f"audience {audience}: field {name} is personal contact data: it can be sent, "
                "but a rule cannot use it"
            )
