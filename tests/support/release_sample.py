"""Small warehouse, as created by ingestion and dbt, on either engine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import duckdb

from contracts.tables import TABLES
from core.settings import Settings
from warehouse.connection import open_warehouse

#: A key of the platform.
KEY = "00ff" * 16
AS_OF = datetime(2025, 3, 1, tzinfo=UTC)

EVENTS = (
    "affiliate_customers",
    "storefront_visits",
    "sales_funnel",
    "marketing_follow_ups",
    "marketing_consents",
    "privacy_erasures",
)

_PEOPLE = """
CREATE TEMP TABLE people AS
SELECT
    i AS id, i % 5 + 1 AS affiliate_id, md5('customer ' || i) AS customer_id,
    (['Ana', 'María José', 'Émile', 'Liu', 'Olu', 'Hans-Peter', 'Zoë', 'Bob'])[i % 8 + 1] || ' '
        || upper(substr(md5(i::text), 1, 1))
        || translate(md5((i * 7)::text), '0123456789', 'oiuaesrtnl')[:9]
        AS full_name,
    'person' || i || '@mail-' || i % 50 || '.example.org' AS email,
    '+1 202 ' || lpad((i * 37 % 10000000)::text, 7, '0') AS phone,
    DATE '1950-01-01' + (i * 13 % 18000)::integer AS birth_date,
    'X' || lpad((i * 7919 % 100000000)::text, 8, '0') || 'K' AS identifier,
    lpad((i % 900 + 1000)::text, 4, '0') AS postal_code
FROM range(1, {customers} + 1) r(i);
-- every third person is known to the next affiliate too, by the same name and addresses
CREATE TEMP TABLE records AS
FROM people
UNION ALL BY NAME
SELECT * REPLACE (id + 100000 AS id, affiliate_id % 5 + 1 AS affiliate_id)
FROM people WHERE id % 3 = 0;
"""

_RAW = {
    # slugs are published, so what is a part of one must raise no alarm
    "oltp_affiliate": """
        SELECT i, 'shop-' || i, 'Shop ' || i, 'office@shop-' || i || '.example', 'UTC', 'USD',
            CASE i WHEN 5 THEN 'closed' ELSE 'active' END, TIMESTAMPTZ '2023-01-01',
            TIMESTAMPTZ '2023-01-01', 'upsert', 'oltp', NULL, 1
        FROM range(1, 6) r(i)
    """,
    "oltp_affiliate_detail": """
        SELECT i, '{"country": "US", "vat": true}', 'REG-1000' || i, 'company_register',
            TIMESTAMPTZ '2023-01-01', TIMESTAMPTZ '2023-01-01', 'upsert', 'oltp', NULL, 1
        FROM range(1, 6) r(i)
    """,
    "oltp_affiliate_social_media": """
        SELECT i, i, '@shop-' || i, 'instagram', TIMESTAMPTZ '2023-01-01',
            TIMESTAMPTZ '2023-01-01', 'upsert', 'oltp', NULL, 1
        FROM range(1, 6) r(i)
    """,
    "oltp_affiliate_bank_account": """
        SELECT i, i, 'First Bank', 'Holder of Shop ' || i, TIMESTAMPTZ '2023-01-01',
            TIMESTAMPTZ '2023-01-01', 'upsert', 'oltp', NULL, 1
        FROM range(1, 6) r(i)
    """,
    "oltp_affiliate_customer": """
        SELECT id, affiliate_id, full_name, email, phone, NULL, birth_date, identifier, 'tax',
            postal_code, 'US', NULL, NULL, TIMESTAMPTZ '2023-05-01', TIMESTAMPTZ '2023-05-01',
            'upsert', 'oltp', NULL, 1 FROM records
    """,
    "oltp_affiliate_address": """
        SELECT i, i, i || ' Evergreen Terrace', 'Town', NULL, '97477', 'US',
            TIMESTAMPTZ '2023-01-01', TIMESTAMPTZ '2023-01-01', 'upsert', 'oltp', NULL, 1
        FROM range(1, 6) r(i)
    """,
    "oltp_product": """
        SELECT i, 1, 'SKU-' || i, 'Thing ' || i, 'coffee', 'Bob Brown', 10, 'USD', true,
            TIMESTAMPTZ '2023-01-01', TIMESTAMPTZ '2023-01-01', 'upsert', 'oltp', NULL, 1
        FROM range(1, 21) r(i)
    """,
    "oltp_order_header": """
        SELECT id, affiliate_id, id, 'ORD-2024-' || lpad(id::text, 6, '0'), 'paid', 'web',
            TIMESTAMPTZ '2024-01-01' + to_hours(id::integer % 8000), 'USD', 0, 0, 0, 20,
            TIMESTAMPTZ '2024-01-01', TIMESTAMPTZ '2024-01-01', 'upsert', 'oltp', NULL, 1
        FROM people
    """,
    # a customer known from an event only, whose brand-like name is in the vocabulary
    "events_affiliate_customers": """
        SELECT 'e1', 'shop', 'CustomerCreated', TIMESTAMPTZ '2024-02-02', 1,
            '{"affiliate_customer_id": 9001, "full_name": "Bob Brown", "email": "b@late.example"}',
            'affiliate.customers', 0, 0, TIMESTAMPTZ '2024-02-02', 2
    """,
    "loaded_file": "SELECT 'oltp/x.parquet', 'ab', 1, 7",
}

_LISTS = {
    "visits": "[{'affiliate_id': 1, 'product_id': 3, 'visits': 2, "
    "'last_at': TIMESTAMPTZ '2024-05-05 10:00:00+00'}]",
    "offers": "[{'affiliate_id': 1, 'product_id': 4, 'basis': 'popular', 'score': 41::DOUBLE, "
    "'reason': E'41 \\n others in \"tea\"'}]",
    "purchases": "[{'affiliate_id': 1, 'product_id': 3, 'orders': 1, 'quantity': 2, "
    "'last_at': TIMESTAMPTZ '2024-05-05 10:00:00+00'}]",
}
#: PostgreSQL has no lists of structs: dbt leaves JSON there.
_LISTS_AS_JSON = {
    "visits": (
        """'[{"affiliate_id": 1, "product_id": 3, "visits": 2,"""
        """ "last_at": "2024-05-05T10:00:00Z"}]'"""
    ),
    "offers": (
        """'[{"affiliate_id": 1, "product_id": 4, "basis": "popular", "score": 41,"""
        """ "reason": "41 \\n others in \\"tea\\""}]'"""
    ),
    "purchases": (
        """'[{"affiliate_id": 1, "product_id": 3, "orders": 1, "quantity": 2,"""
        """ "last_at": "2024-05-05T10:00:00Z"}]'"""
    ),
}

_MARTS = {
    "customer": """
        SELECT customer_id, 'female' AS gender, 30 AS age, '25-34' AS age_band,
            TIMESTAMPTZ '2025-03-01' AS age_as_of,
            20.00::DECIMAL(18,2) AS avg_ticket, 1::BIGINT AS orders_count, ['vip'] AS tags,
            TIMESTAMPTZ '2024-01-01' + to_hours(id::integer % 8000) AS first_order_at,
            'no_orders' AS rfm_segment FROM people ORDER BY hash(id)
    """,
    "customer_tags": """
        SELECT customer_id, 'vip' AS tag_code, 'loyalty' AS tag_group,
            TIMESTAMPTZ '2023-05-01' AS first_seen_at FROM people
    """,
    "customer_interests": """
        SELECT customer_id, 'brand' AS dimension, 'Bob Brown' AS value, 0.5::DOUBLE AS score
        FROM people
    """,
    "customer_insights": """
        SELECT customer_id, {visits} AS products_visited, {offers} AS next_best_products,
            {visits} AS visited_not_bought, {purchases} AS products_purchased FROM people
    """,
    "customer_orders": """
        SELECT id AS order_id, customer_id, affiliate_id,
            'ORD-2024-' || lpad(id::text, 6, '0') AS order_number,
            TIMESTAMPTZ '2024-01-01' + to_hours(id::integer % 8000) AS ordered_at,
            DATE '2024-01-01' + (id::integer % 8000) // 24 AS order_date_local,
            1000::DECIMAL(18,2) AS net_amount FROM people ORDER BY hash(id)
    """,
    "customer_order_items": """
        SELECT affiliate_id, id AS order_id, n AS line_no, customer_id, 3::BIGINT AS product_id,
            '4006381333931' AS sku,
            'coffee' AS category, 'Bob Brown' AS brand, 1000 AS quantity
        FROM people, range(1, 3) r(n)
    """,
    "order_status_history": """
        SELECT affiliate_id, id AS order_id, 1 AS interval_no, customer_id, 'paid' AS status
        FROM people
    """,
    "deals": """
        SELECT affiliate_id, 'known:' || id AS deal_id, customer_id, 'untouched' AS stage
        FROM people
    """,
    "deal_stage_intervals": """
        SELECT affiliate_id, 'known:' || id AS deal_id, 1 AS move_no, customer_id,
            'untouched' AS stage, TIMESTAMPTZ '2024-01-01' AS entered_at FROM people
    """,
    "sales_funnel": """
        SELECT affiliate_id, '2024-01' AS cohort_month, 'untouched' AS stage,
            count(*) AS reached_or_beyond
        FROM people GROUP BY affiliate_id
    """,
    "sales_funnel_breakdown": """
        SELECT affiliate_id, 'all' AS dimension, 'all' AS value, 'untouched' AS stage,
            count(*) AS reached_or_beyond
        FROM people GROUP BY affiliate_id
    """,
    "pipeline_daily": """
        SELECT affiliate_id, DATE '2024-01-01' AS day, 'untouched' AS stage, count(*) AS open_deals
        FROM people GROUP BY affiliate_id
    """,
    "follow_ups": """
        SELECT md5(id::text) AS task_id, affiliate_id, 'known:' || id AS deal_id, customer_id,
            'untouched' AS stage, TIMESTAMPTZ '2024-01-01' AS due_at FROM people
    """,
    "deals_without_follow_up": """
        SELECT affiliate_id, 'known:' || id AS deal_id, customer_id, 'minor' AS reason
        FROM people
    """,
    "affiliate_performance": """
        SELECT affiliate_id, DATE '2024-01-01' AS day, count(*) AS orders_count
        FROM people GROUP BY affiliate_id
    """,
    "benchmark": """
        SELECT sales_month, '(all)' AS category, 40 AS customers, 2 AS hidden_categories
        FROM (VALUES ('2025-01'), ('2025-02')) AS months(sales_month)
    """,
}

#: The same tables as an affiliate has them: of its own records, with their names.
_OWN = {
    "own_customer": """
        SELECT affiliate_id, id AS affiliate_customer_id, full_name, email, phone,
            'female' AS gender, 20.00::DECIMAL(18,2) AS avg_ticket, 1 AS orders_count,
            ['vip'] AS tags,
            TIMESTAMPTZ '2024-01-01' + to_hours(id::integer % 8000) AS first_order_at
        FROM records
    """,
    "own_customer_tags": """
        SELECT affiliate_id, id AS affiliate_customer_id, 'raw:friend of ana' AS tag_key,
            NULL::VARCHAR AS tag_code, 'Friend of Ana' AS raw_tag FROM records
    """,
    "own_customer_interests": """
        SELECT affiliate_id, id AS affiliate_customer_id, kind AS dimension,
            CASE kind WHEN 'product' THEN '3' ELSE 'Bob Brown' END AS value, 0.5::DOUBLE AS score
        FROM records, (VALUES ('product'), ('brand')) AS kinds(kind)
    """,
    "own_customer_insights": """
        SELECT affiliate_id, id AS affiliate_customer_id, {visits} AS products_visited,
            {offers} AS next_best_products, {visits} AS visited_not_bought,
            {purchases} AS products_purchased FROM records
    """,
    "own_customer_orders": """
        SELECT affiliate_id, id AS order_id, id AS affiliate_customer_id,
            TIMESTAMPTZ '2024-01-01' + to_hours(id::integer % 8000) AS ordered_at,
            DATE '1999-01-01' AS fx_date, 1000::DECIMAL(18,2) AS net_amount
        FROM records ORDER BY hash(id)
    """,
    "own_customer_order_items": """
        SELECT affiliate_id, 7 * id + n AS order_item_id, id AS order_id, n AS line_no,
            id AS affiliate_customer_id, 3::BIGINT AS product_id, '4006381333931' AS sku,
            'Bob Brown' AS brand, 1000 AS quantity
        FROM records, range(1, 3) r(n)
    """,
    "own_order_status_history": """
        SELECT affiliate_id, id AS order_id, 1 AS interval_no, id AS affiliate_customer_id,
            'paid' AS status
        FROM records
    """,
    "own_deals": """
        SELECT affiliate_id, 'known:' || id AS deal_id, id AS affiliate_customer_id,
            CASE WHEN id % 2 = 0 THEN id % 7 END AS owner_id, 'untouched' AS stage
        FROM records
    """,
    "own_deal_stage_intervals": """
        SELECT affiliate_id, 'known:' || id AS deal_id, 1 AS move_no,
            id AS affiliate_customer_id, CASE WHEN id % 2 = 0 THEN id % 7 END AS owner_id,
            'untouched' AS stage
        FROM records
    """,
    "own_follow_ups": """
        SELECT affiliate_id, md5('task ' || id) AS task_id, 'known:' || id AS deal_id,
            id AS affiliate_customer_id, id % 7 AS owner_id, 'untouched' AS stage,
            (id % 20 + 1)::BIGINT AS suggested_product_id
        FROM records WHERE id % 2 = 0
    """,
    "own_deals_without_follow_up": """
        SELECT affiliate_id, 'known:' || id AS deal_id, id AS affiliate_customer_id,
            NULL::BIGINT AS owner_id, 'no_consent' AS reason
        FROM records WHERE id % 2 = 1
    """,
    "own_sales_funnel": """
        SELECT affiliate_id, '2024-01' AS cohort_month, 'untouched' AS stage,
            1000 AS reached_or_beyond
        FROM records GROUP BY affiliate_id
    """,
    "own_sales_funnel_breakdown": """
        SELECT affiliate_id, 'owner' AS dimension,
            CASE WHEN id % 2 = 0 THEN CAST(id % 7 AS VARCHAR) ELSE 'none' END AS value,
            'untouched' AS stage, 1000 AS reached_or_beyond
        FROM records GROUP BY ALL
    """,
    "own_pipeline_daily": """
        SELECT affiliate_id, DATE '2024-01-01' AS day, 'untouched' AS stage, 1000 AS open_deals
        FROM records GROUP BY affiliate_id
    """,
}

_AFFILIATES = """
    SELECT i::BIGINT AS affiliate_id, 'shop-' || i AS slug,
        CASE i WHEN 5 THEN 'closed' ELSE 'active' END AS status
    FROM range(1, 6) r(i)
"""


def build_warehouse(settings: Settings, customers: int = 40) -> None:
    """Fills the warehouse with that many customers, one order each."""
    with open_warehouse(settings) as connection:
        connection.execute(_PEOPLE.replace("{customers}", str(customers)))
        for schema in ("raw", "staging", "own", "marts", "meta"):
            connection.execute(f"CREATE SCHEMA wh.{schema}")
        connection.execute(
            "CREATE TABLE wh.meta.build (as_of timestamptz, landing_position bigint)"
        )
        connection.execute("INSERT INTO wh.meta.build VALUES (?, 7)", [AS_OF])
        for table, columns in _raw_tables():
            connection.execute(f"CREATE TABLE wh.raw.{table} ({', '.join(columns)})")
            if table in _RAW:
                connection.execute(f"INSERT INTO wh.raw.{table} {_RAW[table]}")
        lists = _LISTS_AS_JSON if settings.engine == "postgres" else _LISTS
        for table, query in _MARTS.items():
            connection.execute(f"CREATE TABLE wh.marts.{table} AS {query.format(**lists)}")
        for table, template in _OWN.items():
            query = template
            for kind, listed in lists.items():
                query = query.replace(f"{{{kind}}}", _of_own(listed))
            connection.execute(f"CREATE TABLE wh.own.{table} AS {query}")
        connection.execute(f"CREATE TABLE wh.staging.stg_oltp__affiliates AS {_AFFILIATES}")


def _of_own(products: str) -> str:
    """A list of products whose affiliate goes without saying."""
    return products.replace("'affiliate_id': 1, ", "").replace('"affiliate_id": 1, ', "")


def with_key(settings: Settings, key: str, previous: str | None = None) -> Settings:
    """The same settings, with a known key and perhaps one before it."""
    values = {**settings.model_dump(), "pseudonym_key": key, "pseudonym_previous_key": previous}
    return Settings(**values, _env_file=None)


def change(settings: Settings, *statements: str) -> None:
    """Runs statements on the warehouse, e.g. to plant a leak."""
    with open_warehouse(settings) as connection:
        for statement in statements:
            connection.execute(statement)


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The one value a query returns."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def _raw_tables() -> Iterable[tuple[str, list[str]]]:
    audit = ["_op text", "_source text", "_issues text", "_seq bigint"]
    for spec in TABLES:
        yield spec.raw_table, [f"{name} {kind}" for name, kind in spec.all_columns] + audit
    envelope = "event_id text, event_source text, event_type text, event_at timestamptz"
    position = "_topic text, _partition integer, _offset bigint, _kafka_at timestamptz, _seq bigint"
    for topic in EVENTS:
        columns = f"{envelope}, affiliate_id bigint, data text, {position}"
        yield f"events_{topic}", columns.split(", ")
    yield "loaded_file", ["path text", "sha256 text", "rows bigint", "seq bigint"]
