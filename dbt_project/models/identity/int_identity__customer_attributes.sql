{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ purge_restated_people() }}"
) }}
{# Survivorship for each attribute: a value that two affiliates agree on, then one from an OLTP row,
   then the newest, then the most frequent. Ties go to the smallest record ID. #}
with members as (
    select
        xref.customer_id,
        records.record_id,
        records.affiliate_id,
        records.gender,
        records.birth_date,
        records.has_birth_date,
        records.country,
        records.known_since,
        coalesce(records.last_stated_at, cast('0001-01-01' as timestamptz)) as stated_at,
        case when records.known_from = 'event' then 2 else 1 end as source_rank,
        count(*) over (partition by xref.customer_id) = 1 as is_alone,
        row_number() over (
            partition by xref.customer_id
            order by
                coalesce(records.known_since, cast('9999-01-01' as timestamptz)),
                records.affiliate_id,
                records.affiliate_customer_id
        ) as age_rank
    from {{ ref('customer_xref') }} as xref
    inner join {{ ref('int_identity__normalised_records') }} as records
        on
            xref.affiliate_id = records.affiliate_id
            and xref.affiliate_customer_id = records.affiliate_customer_id
    {%- if ledger_is_incremental() %}
    where xref.customer_id in ({{ restated_people() }})
    {%- endif %}
),

stated as (
    select
        members.customer_id,
        members.record_id,
        members.affiliate_id,
        members.stated_at,
        members.source_rank,
        attributes.attribute,
        case attributes.attribute
            when 'gender' then members.gender
            when 'birth_date' then cast(members.birth_date as text)
            when 'country' then members.country
        end as value
    from members
    cross join (values ('gender'), ('birth_date'), ('country')) as attributes (attribute)
    where not members.is_alone
),

agreed as (
    select
        customer_id,
        record_id,
        stated_at,
        source_rank,
        attribute,
        value,
        count(*) over same_value as records,
        min(affiliate_id) over same_value <> max(affiliate_id) over same_value as is_verified
    from stated
    where value is not null
    window same_value as (partition by customer_id, attribute, value)
),

ranked as (
    select
        customer_id,
        attribute,
        value,
        record_id,
        row_number() over (
            partition by customer_id, attribute
            order by
                case when is_verified then 1 else 2 end,
                source_rank,
                stated_at desc,
                records desc,
                {{ binary_order('record_id') }}
        ) as survival_rank
    from agreed
),

survivors as (
    select
        customer_id,
        max(case when attribute = 'gender' then value end) as gender,
        max(case when attribute = 'gender' then record_id end) as gender_record_id,
        cast(max(case when attribute = 'birth_date' then value end) as date) as birth_date,
        max(case when attribute = 'birth_date' then record_id end) as birth_date_record_id,
        max(case when attribute = 'country' then value end) as country,
        max(case when attribute = 'country' then record_id end) as country_record_id
    from ranked
    where survival_rank = 1
    group by customer_id
    union all
    select
        customer_id,
        gender,
        case when gender is not null then record_id end as gender_record_id,
        birth_date,
        case when birth_date is not null then record_id end as birth_date_record_id,
        country,
        case when country is not null then record_id end as country_record_id
    from members
    where is_alone
),

people as (
    select
        customer_id,
        count(distinct gender) > 1 as has_gender_conflict,
        count(birth_date) = 0 and max(case when has_birth_date then 1 else 0 end) = 1
            as is_birth_date_unusable,
        count(*) as records_count,
        count(distinct affiliate_id) as affiliates_count,
        {{ value_at_lowest('affiliate_id', 'age_rank') }} as first_affiliate_id,
        min(known_since) as known_since
    from members
    group by customer_id
)

select
    people.customer_id,
    coalesce(survivors.gender, 'unknown') as gender,
    survivors.gender_record_id,
    people.has_gender_conflict,
    survivors.birth_date,
    survivors.birth_date_record_id,
    people.is_birth_date_unusable,
    survivors.country,
    survivors.country_record_id,
    people.records_count,
    people.affiliates_count,
    people.first_affiliate_id,
    people.known_since
from people
left join survivors on people.customer_id = survivors.customer_id
