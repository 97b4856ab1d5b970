"""What an audience may ask about: the columns of a release's file, whoever's file it is."""

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

#: The tables with one row a customer, as queries call them; the first that has a column gives it.
TABLES = {"c": "customer", "i": "customer_insights"}
#: Dimensions of interests; products are pseudonyms, which no rule can name.
DIMENSIONS = ("category", "brand", "price_band")


@dataclass(frozen=True)
class Catalogue:
    """The fields of one scope, and those of the other, which a rule must not use.

    Attributes:
        scope: own or unified_internal.
        fields: By name.
        foreign: Names that only the other scope has.
        affiliates: Slugs, so that `slug.field` is told from a typing error.
        tag_columns: Columns of `customer_tags`.
    """

    scope: str
    fields: dict[str, Field]
    foreign: frozenset[str] = frozenset()
    affiliates: tuple[str, ...] = ()
    tag_columns: frozenset[str] = field(default_factory=frozenset)

    def find(self, name: str, audience: str) -> Field:
        """The field of that name.

        Raises:
            ConfigurationError: it is another affiliate's, of the unified customer, or unknown; the
                message names it and what comes close.
        """
        if name in self.fields:
            return self.fields[name]
        owner, dot, rest = name.partition(".")
        if self.scope == OWN and dot and owner in self.affiliates:
            raise ConfigurationError(
                f"audience {audience}: field {name} is one affiliate's alone: an audience uses "
                f"fields that each affiliate has of its own customers, such as {rest}"
            )
        if name in self.foreign:
            raise ConfigurationError(
                f"audience {audience}: field {name} is of the unified customer: an audience that "
                "is delivered to affiliates uses only fields of the affiliate's own file"
                if self.scope == OWN
                else f"audience {audience}: field {name} is of an affiliate's file, not of the "
                "unified customer"
            )
        close = get_close_matches(name, self.fields, n=3)
        hint = f"; close to it: {', '.join(close)}" if close else ""
        raise ConfigurationError(f"audience {audience}: there is no field {name}{hint}")


def read_catalogue(release: Path, scope: str) -> Catalogue:
    """The fields of a scope, from a release's own description of itself.

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
    """Columns with one value a customer; ids tell nothing, and contacts are no condition."""
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
    """Names and addresses can be sent; a rule on them would single somebody out.

    Raises:
        ConfigurationError: which.
    """
    for name in names:
        if name in CONTACTS:
            raise ConfigurationError(
                f"audience {audience}: field {name} names or reaches a person: it can be sent, "
                "but no rule may ask for it"
            )
