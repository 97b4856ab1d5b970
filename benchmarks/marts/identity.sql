-- Identity is given, by the macros and variables of world.sql: six records are five persons.
create schema identity;

create table identity.int_identity__records as
select
    affiliate_id, id as affiliate_customer_id, full_name, email, phone, gender, birth_date,
    identifier, identifier_type, postal_code, country, 'table' as known_from,
    created_at as known_since, updated_at as last_stated_at
from raw.oltp_affiliate_customer;

create table identity.int_identity__normalised_records as
select
    affiliate_id, affiliate_customer_id, affiliate_id || ':' || affiliate_customer_id as record_id,
    date '1950-01-01' + cast(floor(unit(affiliate_customer_id, 24) * 20000) as integer) as birth_date,
    true as has_birth_date, 'PT' as country,
    ['female', 'male', 'unknown'][1 + affiliate_customer_id % 3] as gender, known_from,
    known_since, last_stated_at
from identity.int_identity__records;

create table identity.erased_records as
select affiliate_id, affiliate_customer_id, last_stated_at as requested_at
from identity.int_identity__records
where affiliate_customer_id % 10000 = 0;

create table identity.customer_xref as
select
    affiliate_id, affiliate_customer_id,
    md5(cast(affiliate_customer_id % (getvariable('customers') * 5 // 6) as text)) as customer_id,
    known_since as valid_from
from identity.int_identity__records
where affiliate_customer_id % 10000 <> 0;

create table identity.int_identity__customer_attributes as
select
    customer_id, min(gender) as gender, min(record_id) as gender_record_id,
    count(distinct gender) > 1 as has_gender_conflict, min(birth_date) as birth_date,
    min(record_id) as birth_date_record_id, false as is_birth_date_unusable,
    min(country) as country, min(record_id) as country_record_id, count(*) as records_count,
    count(distinct affiliate_id) as affiliates_count, min(affiliate_id) as first_affiliate_id,
    min(known_since) as known_since
from identity.int_identity__normalised_records
inner join identity.customer_xref using (affiliate_id, affiliate_customer_id)
group by customer_id;
