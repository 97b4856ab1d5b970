"""Each kind of leak in each place is found; look-alikes are not."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from contracts.known_values import SEARCHED, KnownValues, personal_values
from core import sql
from core.duckdb_session import connect
from core.settings import Settings
from privacy.scan import Location, PrivacyError, check_privacy, load_personal_values, raw_bytes
from serving import CUSTOMER_OLAP, publish
from tests.support.release_sample import change

#: Values of each class that no other row of the sample has, and that no pattern gives away. Of some
#: classes one value may be anything, and only a column of them is refused.
UNHEARD = {
    "name": ["Wilhelmina Overcast"],
    "email": ["mina@overcast"],
    "phone": ["020 7946 0958"],
    "identifier": ["ZZ-99-PLURAL7"],
    "handle": ["@mina.overcast"],
    "birth_date": ["1931-07-04"],
    "street": ["77 Unheard Of Lane"],
    "postal_code": [f"QX{number}ZZ" for number in range(10, 16)],
    "city": [f"Overcast{letter}" for letter in "abcdef"],
}
PERSON = "(SELECT {} FROM wh.raw.oltp_affiliate_customer WHERE id = 7)"
NAME, EMAIL, PHONE = (PERSON.format(column) for column in ("full_name", "email", "phone"))
IDENTIFIER, BIRTH_DATE = (PERSON.format(column) for column in ("identifier", "birth_date"))


@pytest.mark.parametrize(
    "known",
    personal_values(),
    ids=lambda known: f"{known.raw_table}.{known.field or known.column}",
)
def test_planted_value_of_every_classified_column_is_refused(
    warehouse: Settings, known: KnownValues
) -> None:
    values = UNHEARD[known.personal]
    stated = values
    if known.is_json:
        stated = [json.dumps({"numbers": [{"vat": value}]}) for value in values]
    if known.field:
        stated = [json.dumps({known.field: value}) for value in values]
    change(
        warehouse,
        *(
            f"INSERT INTO wh.raw.{known.raw_table} ({known.column}) VALUES ({sql.text(value)})"
            for value in stated
        ),
        "ALTER TABLE wh.marts.customer_orders ADD COLUMN note TEXT",
        f"UPDATE wh.marts.customer_orders SET note = {values!r}[order_id]"
        f" WHERE order_id <= {len(values)}",
    )
    assert_refused(warehouse, f"customer_orders.note ({known.personal}, {len(values)})")


def test_every_searched_class_is_planted() -> None:
    assert {known.personal for known in personal_values()} == set(SEARCHED) == set(UNHEARD)


def tag(value: str) -> str:
    """Plants a text in one row of a column of texts."""
    return (
        f"UPDATE wh.marts.customer_tags SET tag_code = {value} "
        "WHERE customer_id = md5('customer 9')"
    )


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (NAME, "name"),
        (f"'vip ' || lower(strip_accents({NAME})) || ', paid cash'", "name"),
        (f"upper({NAME})", "name"),
        (
            f"regexp_replace({NAME}, '^(.*) (.*)$', '\\2, \\1')",
            "name",
        ),
        (EMAIL, "email"),
        (f"'write to ' || upper({EMAIL}) || '!'", "email"),
        ("'stranger@nowhere.example'", "email"),
        (PHONE, "phone"),
        (f"'call ' || replace({PHONE}, ' ', '')", "phone"),
        (f"replace({PHONE}, '+', '00')", "phone"),
        (f"'tel' || replace(replace({PHONE}, ' ', ''), '+', '')", "phone"),
        ("'+49 (0)30 1234567'", "phone"),
        ("'(555) 123-4567'", "phone"),
        (IDENTIFIER, "identifier"),
        (f"'id: ' || lower({IDENTIFIER})", "identifier"),
        (f"'born ' || {BIRTH_DATE}::text", "birth_date"),
        (f"strftime({BIRTH_DATE}, '%d.%m.%Y')", "birth_date"),
        (f"strftime({BIRTH_DATE}, '%m/%d/%Y')", "birth_date"),
        ("'DE89 3704 0044 0532 0130 00'", "iban"),
        ("'x GB82WEST12345698765432 x'", "iban"),
        ("'at 3 evergreen terrace'", "street"),
        (f"md5(lower({EMAIL}))", "hash of a personal value"),
        (f"sha256({EMAIL})", "hash of a personal value"),
        (f"sha1(regexp_replace({PHONE}, '[^0-9]', '', 'g'))", "hash of a personal value"),
    ],
)
def test_leak_in_one_text_is_found(warehouse: Settings, value: str, kind: str) -> None:
    change(warehouse, tag(value))
    assert_refused(warehouse, f"customer_tags.tag_code ({kind}, 1)")


@pytest.mark.parametrize(
    ("value", "kind"),
    [(NAME, "name"), (EMAIL, "email"), (PHONE, "phone"), (IDENTIFIER, "identifier")],
)
def test_leak_inside_a_list_of_structs_is_found(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch, value: str, kind: str
) -> None:
    change(
        warehouse,
        f"""CREATE OR REPLACE TABLE wh.marts.customer_insights AS
        SELECT customer_id, [{{'product_id': 1, 'notes': [NULL,
            CASE WHEN customer_id = md5('customer 9') THEN {value} END]}}] AS products_visited,
            [] AS visited_not_bought, [] AS products_purchased, [] AS next_best_products
        FROM wh.marts.customer""",
    )
    insights = CUSTOMER_OLAP.tables[3]
    monkeypatch.setitem(
        insights.nested, "products_visited", "STRUCT(product_id BIGINT, notes VARCHAR[])[]"
    )
    assert_refused(warehouse, f"customer_insights.products_visited.notes ({kind}, 1)")


@pytest.mark.parametrize(
    ("comment", "place"),
    [
        ("COMMENT ON TABLE wh.marts.customer IS 'ask {}'", "customer.(comment)"),
        ("COMMENT ON COLUMN wh.marts.customer.age IS 'ask {}'", "customer.age (comment)"),
    ],
)
def test_leak_in_a_comment_is_found(warehouse: Settings, comment: str, place: str) -> None:
    change(warehouse, comment.format("person7@mail-7.example.org"))
    assert_refused(warehouse, f"{place} (email, 1)")


@pytest.mark.parametrize(
    ("statements", "place"),
    [
        (
            ["ALTER TABLE wh.marts.customer ADD COLUMN first_name TEXT"],
            "customer.first_name (named",
        ),
        (
            ["ALTER TABLE wh.marts.customer ADD COLUMN birth_date DATE"],
            "customer.birth_date (named",
        ),
        (
            ["ALTER TABLE wh.marts.customer ADD COLUMN post_code INTEGER"],
            "customer.post_code (named",
        ),
        (["ALTER TABLE wh.marts.customer ADD COLUMN photo BLOB"], "customer.photo (type blob"),
        (
            ["ALTER TABLE wh.marts.customer ADD COLUMN grade ENUM('a', 'b')"],
            "customer.grade (type enum",
        ),
    ],
)
def test_column_named_or_typed_like_personal_data_is_refused(
    warehouse: Settings, statements: list[str], place: str
) -> None:
    change(warehouse, *statements)
    assert_refused(warehouse, place)


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("zone TEXT", "postal_code", "postal_code"),
        ("since DATE", "birth_date", "birth_date"),
        ("since TIMESTAMPTZ", "birth_date", "birth_date"),
        ("reference BIGINT", "regexp_replace(phone, '[^0-9]', '', 'g')", "phone"),
        ("reference TEXT", "regexp_replace(phone, '[^0-9]', '', 'g')", "phone"),
        ("region TEXT", "full_name", "name"),
    ],
)
def test_column_of_personal_values_under_a_harmless_name_is_refused(
    warehouse: Settings, column: str, value: str, kind: str
) -> None:
    change(
        warehouse,
        f"ALTER TABLE wh.marts.customer_orders ADD COLUMN {column}",
        f"UPDATE wh.marts.customer_orders o SET {column.split(maxsplit=1)[0]} = "
        f"(SELECT {value} FROM wh.raw.oltp_affiliate_customer c WHERE c.id = o.order_id)",
    )
    assert_refused(warehouse, f"customer_orders.{column.split(maxsplit=1)[0]} ({kind}, ")


@pytest.mark.parametrize("column", ["full_name", "account_holder"])
def test_column_of_names_is_refused_even_if_names_repeat(warehouse: Settings, column: str) -> None:
    """An affiliate's or a seller's name stands in many rows; a customer's does not."""
    table = "oltp_affiliate" if column == "full_name" else "oltp_affiliate_bank_account"
    change(
        warehouse,
        f"UPDATE wh.raw.{table} SET {column} = 'Wilhelmina Overcast ' || chr(64 + id::integer)",
        "CREATE OR REPLACE TABLE wh.marts.pipeline_daily AS SELECT p.* REPLACE (day + n::integer "
        f"AS day), {column} AS region FROM wh.marts.pipeline_daily p JOIN wh.raw.{table} r "
        "ON r.id = p.affiliate_id CROSS JOIN range(40) days(n)",
    )
    assert_refused(warehouse, "pipeline_daily.region (name, 5)")


def test_one_birth_date_among_business_dates_is_found(warehouse: Settings) -> None:
    change(
        warehouse,
        f"UPDATE wh.marts.customer SET first_order_at = {BIRTH_DATE} "
        "WHERE customer_id = md5('customer 7')",
    )
    assert_refused(warehouse, "customer.first_order_at (birth_date, 1)")


def test_birth_dates_are_found_despite_an_order_dated_1900(warehouse: Settings) -> None:
    change(
        warehouse,
        "INSERT INTO wh.raw.oltp_order_header (id, affiliate_id, ordered_at) "
        "SELECT 5000 + i, 1, TIMESTAMPTZ '2024-01-01' FROM range(5000) r(i)",
        "UPDATE wh.raw.oltp_order_header SET ordered_at = TIMESTAMPTZ '1900-01-01' WHERE id = 1",
        "ALTER TABLE wh.marts.customer_orders ADD COLUMN since DATE",
        "UPDATE wh.marts.customer_orders o SET since = "
        "(SELECT birth_date FROM wh.raw.oltp_affiliate_customer c WHERE c.id = o.order_id)",
    )
    assert_refused(warehouse, "customer_orders.since (birth_date, 40)")


def test_values_known_from_events_only_are_found(warehouse: Settings) -> None:
    change(
        warehouse,
        "UPDATE wh.raw.events_affiliate_customers SET data = "
        """'{"full_name": "Wilhelmina Overcast", "identifier": "ZZ-99-PLURAL7"}'""",
        tag("'for wilhelmina overcast'"),
        "UPDATE wh.marts.customer_order_items SET sku = 'zz99plural7' WHERE order_id = 3",
    )
    assert_refused(warehouse, "customer_order_items.sku (identifier, 1)")
    assert_refused(warehouse, "customer_tags.tag_code (name, 1)")


@pytest.mark.parametrize(
    "statement",
    [
        tag("'Ana'"),
        tag("'1000'"),
        tag("'bob_brown'"),
        tag("'casa verde coffee'"),
        tag("'sent by shop-1'"),
        tag("'shop-1'"),
        tag("'Town'"),
        tag("'room 101, 24/7 @ the shop'"),
        tag("'2024-05-05'"),
        tag("'evergreen'"),
        tag("'X1234567K'"),
        tag("'GB82 TEST 1234 5698 7654 32'"),
        tag("'550e8400-1234-5678-9012-446655440000'"),
        tag("'sku 4006381333931'"),
        "UPDATE wh.marts.customer SET rfm_segment = 'Walk-in Customer'",
        "UPDATE wh.marts.customer SET orders_count = 12025550000 + orders_count",
        "ALTER TABLE wh.marts.customer ADD COLUMN birth_date_invalid BOOLEAN",
        "ALTER TABLE wh.marts.customer_order_items ADD COLUMN product_name TEXT",
        "ALTER TABLE wh.marts.customer ADD COLUMN valid_until DATE DEFAULT DATE '9999-12-31'",
    ],
)
def test_similar_values_are_no_false_positives(warehouse: Settings, statement: str) -> None:
    change(
        warehouse,
        "UPDATE wh.raw.oltp_affiliate_customer SET full_name = 'Walk-in Customer' WHERE id = 1",
        "UPDATE wh.raw.oltp_affiliate_customer SET full_name = 'Ana' WHERE id = 2",
        "UPDATE wh.raw.oltp_affiliate_customer SET identifier = 'N/A', email = 'none' WHERE id = 3",
        "UPDATE wh.raw.oltp_affiliate SET full_name = 'Casa Verde' WHERE id = 3",
        "UPDATE wh.raw.oltp_product SET brand = 'Casa Verde Coffee' WHERE id = 3",
        "UPDATE wh.own.own_customer o SET full_name = r.full_name, email = r.email "
        "FROM wh.raw.oltp_affiliate_customer r WHERE r.id = o.affiliate_customer_id",
        statement,
    )
    publish(warehouse)


def test_undecoded_bytes_are_found(warehouse: Settings, tmp_path: Path) -> None:
    """Rows that were deleted and checkpointed away are still in the file."""
    published = publish(warehouse).path / CUSTOMER_OLAP.path
    dirty = tmp_path / "dirty.duckdb"
    dirty.write_bytes(published.read_bytes())
    with duckdb.connect(dirty) as writer:
        writer.execute(f"ATTACH {sql.text(str(warehouse.warehouse_path))} AS wh (READ_ONLY)")
        writer.execute(
            "CREATE TABLE marts.gone AS "
            "SELECT full_name, affiliate_id FROM wh.raw.oltp_affiliate_customer"
        )
        writer.execute("CHECKPOINT")
        # moved behind the doomed blocks, lest the file be cut short
        writer.execute("CREATE OR REPLACE TABLE marts.customer_tags AS FROM marts.customer_tags")
        writer.execute("CHECKPOINT")
        writer.execute("DROP TABLE marts.gone")
    with connect() as connection:
        connection.execute(f"ATTACH {sql.text(str(warehouse.warehouse_path))} AS wh (READ_ONLY)")
        connection.execute(f"ATTACH {sql.text(str(dirty))} AS rel (READ_ONLY)")
        load_personal_values(connection, lambda _: None)
        with pytest.raises(PrivacyError, match=r"dirty.duckdb.\(bytes\) \(name, "):
            check_privacy(
                connection, CUSTOMER_OLAP.tables, Location("rel.marts"), dirty, lambda _: None
            )
        assert raw_bytes.find(connection, {"": published}) == []


@pytest.mark.parametrize("offset", [0, 1, 7, 64, (4 << 20) - 70, (4 << 20) - 12, (8 << 20) - 20])
@pytest.mark.parametrize("filler", [b"\xff", b"\x00"])
def test_bytes_are_found_at_any_offset(tmp_path: Path, offset: int, filler: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(filler * offset + "gluedZOë Quartermain-Smythe tail".encode() + b"\x00" * 99)
    with connect() as connection:
        plant_known(connection, "Zoë Quartermain-Smythe", "Quartermain Smythe")
        found = raw_bytes.find(connection, {"": path})
    assert [(finding.kind, finding.count) for finding in found] == [("name", 1)]


SIDE_BY_SIDE = "Brown,  Madison White, Michael"


@pytest.mark.parametrize(
    ("own", "bytes_of_file", "leaks"),
    [
        (["Brown,  Madison", " White, Michael"], SIDE_BY_SIDE, 0),
        (["Brown,  Madison", " White, Michael"], f"{SIDE_BY_SIDE} Madison White", 1),
        (["Brown,  Madison", "White, Michael"], SIDE_BY_SIDE, 1),
        (["Brown,  Madison"], SIDE_BY_SIDE, 1),
        (["Madison", " "], SIDE_BY_SIDE, 1),
    ],
)
def test_adjacent_dictionary_values_are_no_leak(
    tmp_path: Path, own: list[str], bytes_of_file: str, leaks: int
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xff" * 70 + bytes_of_file.encode() + b"\xff" * 70)
    with connect() as connection:
        plant_known(connection, "madison white")
        connection.executemany("INSERT INTO own_text VALUES ('', ?)", [[text] for text in own])
        found = raw_bytes.find(connection, {"": path})
    assert sum(finding.count for finding in found) == leaks


def plant_known(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    from privacy.scan import personal

    connection.execute("CREATE TEMP TABLE personal (kind VARCHAR, written VARCHAR)")
    connection.executemany("INSERT INTO personal VALUES ('name', ?)", [[name] for name in names])
    personal.define_macros(connection)
    connection.execute(
        "CREATE TEMP TABLE known_phrase AS SELECT phrase(written) AS value FROM personal"
    )
    connection.execute("CREATE TEMP TABLE business_start AS SELECT DATE '2020-01-01' AS first_day")
    connection.execute("CREATE TEMP TABLE release_text (g TEXT, value TEXT, opaque BOOLEAN)")
    connection.execute("CREATE TEMP TABLE own_text (g TEXT, value TEXT)")


def assert_refused(settings: Settings, place: str) -> None:
    with pytest.raises(PrivacyError) as caught:
        publish(settings)
    message = str(caught.value)
    assert place in message
    assert "person7@" not in message
    assert [path.name for path in settings.releases_path.iterdir()] == [".lock"]
