-- Everything the marts read, by arithmetic: the same in every run, and as skewed as shops are.
-- Variables: orders, affiliates. There are a tenth as many customer records as orders, and twice as
-- many visits and lines.
create or replace temp macro unit(number, salt) as (hash(number * 64 + salt) % 1000003) / 1000003.0;
create or replace temp macro skewed(number, salt, size) as
    cast(floor(power(unit(number, salt), 1.6) * size) as bigint);
create or replace temp macro instant(number, salt, days) as
    timestamptz '2026-01-01 00:00:00+00'
    - to_microseconds(cast(floor(unit(number, salt) * days * 86400000000) as bigint));

set variable customers = greatest(getvariable('orders') // 10, 1000);
set variable sessions = getvariable('orders') * 2 // 3;
set variable products = 500;

insert into raw.loaded_file by name
select 'oltp/affiliate.affiliate_customer_tag/1.parquet' as path, 1 as seq, '' as sha256, 1 as rows,
    timestamptz '2026-01-01 00:00:00+00' as landed_at;

insert into raw.oltp_affiliate by name
select
    id, 'affiliate-' || id as slug, 'Affiliate ' || id as full_name,
    ['UTC', 'Europe/Lisbon', 'America/Sao_Paulo', 'Asia/Tokyo'][1 + id % 4] as time_zone,
    ['USD', 'EUR', 'USD', 'BRL'][1 + id % 4] as currency,
    'active' as status, timestamptz '2020-01-01 00:00:00+00' as created_at, created_at as updated_at,
    'upsert' as _op, 'default' as _source, 1 as _seq
from range(1, getvariable('affiliates') + 1) as numbers (id);

insert into raw.oltp_product by name
select
    id + 1 as id, 1 + id // getvariable('products') as affiliate_id, 'SKU-' || id as sku,
    'Product ' || id as name, 'category ' || id % 12 as category, 'Brand ' || id % 40 as brand,
    cast(3 + 200 * power(unit(id, 1), 3) as decimal(18, 2)) as unit_price,
    ['USD', 'EUR', 'USD', 'BRL'][1 + affiliate_id % 4] as currency,
    unit(id, 2) < 0.95 as is_active, timestamptz '2020-01-01 00:00:00+00' as created_at,
    created_at as updated_at, 'upsert' as _op, 'default' as _source, 1 as _seq
from range(getvariable('affiliates') * getvariable('products')) as numbers (id);

insert into raw.oltp_affiliate_customer by name
select
    id + 1 as id, 1 + id % getvariable('affiliates') as affiliate_id,
    'Customer ' || id as full_name, 'customer' || id || '@shop.example' as email,
    0.00 as total_purchase, instant(id, 3, 1095) as created_at, created_at as updated_at,
    'upsert' as _op, 'default' as _source, 1 as _seq
from range(getvariable('customers')) as numbers (id);

-- the newest twentieth of the orders landed twice
insert into raw.oltp_order_header by name
select
    id + 1 as id, 1 + customer % getvariable('affiliates') as affiliate_id,
    case when unit(id, 4) < 0.95 then customer + 1 end as affiliate_customer_id,
    'N' || id as order_number,
    case
        when unit(id, 5) < 0.85 then 'delivered' when unit(id, 5) < 0.90 then 'cancelled'
        when unit(id, 5) < 0.95 then 'partially_refunded' when unit(id, 5) < 0.97 then 'refunded'
        else 'created'
    end as status,
    ['web', 'app', 'store', 'instagram'][1 + skewed(id, 6, 4)] as channel,
    instant(id, 7, 1095) as ordered_at,
    ['USD', 'EUR', 'USD', 'BRL'][1 + affiliate_id % 4] as currency,
    case when unit(id, 8) < 0.2 then 5.00 else 0.00 end as discount_amount,
    2.50 as tax_amount, 4.00 as shipping_amount, 50.00 as total_amount,
    ordered_at as created_at, ordered_at + to_days(version) as updated_at,
    'upsert' as _op, 'default' as _source, version as _seq
from (select id, skewed(id, 9, getvariable('customers')) as customer
      from range(getvariable('orders')) as numbers (id)) as orders
inner join (values (1), (2)) as versions (version)
    on version = 1 or id >= 0.95 * getvariable('orders');

insert into raw.oltp_order_item by name
select
    id + 1 as id, 1 + customer % getvariable('affiliates') as affiliate_id, order_no + 1 as order_id,
    (affiliate_id - 1) * getvariable('products') + 1 + skewed(id, 10, getvariable('products'))
        as product_id,
    1 + skewed(id, 11, 4) as quantity,
    cast(3 + 90 * power(unit(id, 12), 2) as decimal(18, 2)) as unit_price,
    case when unit(id, 13) < 0.1 then 1.00 else 0.00 end as discount_amount,
    case when is_refunded then 1 else 0 end as refunded_quantity,
    case when is_refunded then unit_price else 0.00 end as refunded_amount,
    instant(order_no, 7, 1095) as created_at, created_at as updated_at,
    'upsert' as _op, 'default' as _source, 1 as _seq
from (select
          id, id // 2 as order_no, skewed(id // 2, 9, getvariable('customers')) as customer,
          unit(id // 2, 5) between 0.90 and 0.95 and id % 2 = 0 as is_refunded
      from range(2 * getvariable('orders')) as numbers (id)) as lines;

insert into raw.oltp_affiliate_customer_tag by name
select
    id + 1 as id, 1 + customer % getvariable('affiliates') as affiliate_id,
    customer + 1 as affiliate_customer_id,
    ['VIP', 'newsletter', 'Loyal', 'wholesale', 'coffee lover', 'rua ' || id % 50][1 + id % 6] as tag,
    'affiliate' as source, instant(id, 14, 900) as created_at, created_at as updated_at,
    'upsert' as _op, 'default' as _source, 1 as _seq
from (select id, skewed(id, 15, getvariable('customers')) as customer
      from range(getvariable('customers') // 3) as numbers (id)) as tags;

-- three pages a session, a page a minute
insert into raw.events_storefront_visits by name
select
    'v' || session_no || '-' || page as event_id, 'shop' as event_source,
    'ProductVisited' as event_type,
    instant(session_no, 16, 365) + to_minutes(cast(page as integer)) as event_at,
    1 + customer % getvariable('affiliates') as affiliate_id,
    '{"affiliate_customer_id":' || customer + 1 || ',"product_id":'
    || (affiliate_id - 1) * getvariable('products') + 1
        + skewed(session_no * 3 + page, 17, getvariable('products'))
    || ',"session_id":"s' || session_no || '","channel":"'
    || ['web', 'app', 'instagram'][1 + skewed(session_no, 18, 3)] || '"}' as data,
    'storefront.visits' as _topic, 0 as _partition, session_no * 3 + page as _offset,
    event_at as _kafka_at, 1 as _seq
from (select session_no, skewed(session_no, 19, getvariable('customers')) as customer
      from range(getvariable('sessions')) as numbers (session_no)) as sessions
cross join range(3) as pages (page);

insert into raw.events_sales_funnel by name
select
    'f' || id as event_id, 'crm' as event_source,
    ['ContactMade', 'LeadQualified', 'DemoHeld', 'DealWon'][1 + id % 4] as event_type,
    instant(id, 20, 300) as event_at, 1 + customer % getvariable('affiliates') as affiliate_id,
    '{"deal_id":"d' || customer || '","affiliate_customer_id":' || customer + 1 || '}' as data,
    'sales.funnel' as _topic, 0 as _partition, id as _offset, event_at as _kafka_at, 1 as _seq
from (select id, skewed(id, 21, getvariable('customers')) as customer
      from range(getvariable('customers') // 5) as numbers (id)) as deals;

insert into raw.events_marketing_consents by name
select
    'c' || id as event_id, 'shop' as event_source, 'ConsentGranted' as event_type,
    instant(id, 22, 600) as event_at, 1 + customer % getvariable('affiliates') as affiliate_id,
    '{"affiliate_customer_id":' || customer + 1 || ',"purpose":"marketing","channel":"email"}' as data,
    'marketing.consents' as _topic, 0 as _partition, id as _offset, event_at as _kafka_at, 1 as _seq
from (select id, skewed(id, 23, getvariable('customers')) as customer
      from range(getvariable('customers') // 2) as numbers (id)) as consents;
