"""Attacks: two affiliates join their files, or someone tests e-mails against pseudonyms.

Rule for the join attack: take every column with more than half of its values distinct. No value of
one file may be in the other. Exceptions are values that both affiliates know anyway: contacts that
a customer gave to both, instants and amounts of events, and product terms.
"""

from __future__ import annotations

import base64
import hashlib
from itertools import product
from pathlib import Path

import duckdb

from privacy.pseudonym import affiliate_key, key_id
from privacy.scan import Location
from privacy.scan.scalars import scalar_columns
from serving import CONTACTS, Release, open_release

#: Values from the source, checked to belong to the affiliate's own records.
GIVEN = {*CONTACTS, "first_order_at", "ordered_at", "sku", "value"}
Columns = dict[str, set[object]]


def distinctive(release: Release, slug: str) -> Columns:
    """Values of every column, nested ones included, in which most values are distinct."""
    with duckdb.connect() as connection:
        path = release.path / f"affiliates/{slug}.duckdb"
        connection.execute(f"ATTACH '{path}' AS rel (READ_ONLY)")
        found = {}
        for column in scalar_columns(connection, Location("rel.marts")):
            values = [v for _, v in connection.execute(column.query).fetchall() if v is not None]
            if column.table != "benchmark" and 2 * len(set(values)) > len(values) > 1:
                found[f"{column.table}.{column.name}"] = set(values)
    return found


def test_no_column_of_two_files_joins(published: tuple[Path, Release]) -> None:
    _, release = published
    files = [distinctive(release, f"shop-{number}") for number in range(1, 5)]
    assert {"customer.customer_id", "customer_orders.order_id", "customer.email"} <= set(files[0])
    for one, other in product(range(4), range(4)):
        if one < other:
            joined = {
                (left, right)
                for (left, ours), (right, theirs) in product(
                    files[one].items(), files[other].items()
                )
                if not ours.isdisjoint(theirs)
                and not {left.partition(".")[2], right.partition(".")[2]} <= GIVEN
            }
            assert joined == set()


def test_no_id_is_in_two_files_or_in_the_internal_file(
    published: tuple[Path, Release],
) -> None:
    _, release = published
    seen: set[object] = set()
    for number in range(1, 5):
        file = open_release(release.path, affiliate=f"shop-{number}")
        ids = {
            row[0]
            for query in (
                "SELECT customer_id FROM customer",
                "SELECT order_id FROM customer_orders",
                "SELECT order_item_id FROM customer_order_items",
                "SELECT product_id FROM customer_order_items",
            )
            for row in file.execute(query).fetchall()
        }
        assert len(ids) > 20
        assert seen.isdisjoint(ids)
        seen |= ids
    internal = open_release(release.path).execute("SELECT customer_id FROM customer").fetchall()
    assert seen.isdisjoint(row[0] for row in internal)


def test_row_order_does_not_reveal_the_order_of_ids(published: tuple[Path, Release]) -> None:
    """Two files hold their shared customers in different orders."""
    _, release = published
    shared = []
    for number in (1, 2):
        rows = open_release(release.path, affiliate=f"shop-{number}").execute(
            "SELECT email FROM customer ORDER BY rowid"
        )
        shared.append([row[0] for row in rows.fetchall()])
    both = set(shared[0]) & set(shared[1])
    assert len(both) > 1
    orders = [[email for email in emails if email in both] for emails in shared]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]


def test_no_email_or_id_hashes_to_a_pseudonym(published: tuple[Path, Release]) -> None:
    warehouse, release = published
    with duckdb.connect(warehouse, read_only=True) as wh:
        rows = wh.execute(
            "SELECT id, affiliate_id, email, phone, full_name, identifier "
            "FROM raw.oltp_affiliate_customer"
        ).fetchall()
    guesses = {str(value) for row in rows for value in row}
    guesses |= {f"{row[1]}{separator}{row[0]}" for row in rows for separator in ("", ":", "|", "-")}
    guesses |= {f"customer\0{row[1]}\0{row[0]}" for row in rows}
    hashes = set()
    for guess in guesses | {guess.lower() for guess in guesses}:
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            digest = hashlib.new(name, guess.encode()).digest()
            hashes |= {base64.b32encode(digest).decode()[:26], digest.hex()[:26].upper()}
    assert len(hashes) > 5000
    for number in range(1, 5):
        file = open_release(release.path, affiliate=f"shop-{number}")
        for (value,) in file.execute("SELECT customer_id FROM customer").fetchall():
            assert value.partition("_")[2] not in hashes


def test_each_affiliate_and_purpose_has_its_own_key() -> None:
    key = bytes(range(32))
    derived = {affiliate_key(key, n, use) for n in range(50) for use in ("pseudonym", "file")}
    assert len(derived) == 100
    assert key not in derived
    assert key_id(key) != key_id(bytes(reversed(key)))
