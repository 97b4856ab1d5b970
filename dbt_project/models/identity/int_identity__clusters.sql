{# Records of one personal e-mail are one person if first name and birth date agree. What is missing
   or abbreviated agrees only where there is a single candidate, so no record can chain two people
   together and the order of rows plays no part. #}
with records as (
    select
        records.affiliate_id,
        records.affiliate_customer_id,
        records.first_name_key,
        records.birth_date,
        case when profiles.email_class = 'personal' then records.email_key end as email_key,
        case
            when length(records.first_name_key) > 1 then records.first_name_key
        end as full_name_key
    from {{ ref('int_identity__normalised_records') }} as records
    left join {{ ref('int_identity__email_profiles') }} as profiles
        on records.email_key = profiles.email_key
),

names as (
    select
        records.affiliate_id,
        records.affiliate_customer_id,
        records.email_key,
        records.birth_date,
        case
            when max(records.full_name_key) is not null then max(records.full_name_key)
            when count(distinct candidates.full_name_key) = 1 then max(candidates.full_name_key)
            when count(candidates.full_name_key) = 0 then coalesce(max(records.first_name_key), '')
        end as name_key
    from records
    left join records as candidates
        on
            records.email_key = candidates.email_key
            and records.full_name_key is null
            and candidates.full_name_key is not null
            and (
                records.first_name_key is null
                or records.first_name_key = substr(candidates.full_name_key, 1, 1)
            )
    group by
        records.affiliate_id, records.affiliate_customer_id, records.email_key, records.birth_date
),

birth_dates as (
    select
        email_key,
        name_key,
        count(distinct birth_date) as birth_dates
    from names
    where email_key is not null and name_key is not null
    group by email_key, name_key
),

keyed as (
    select
        names.affiliate_id,
        names.affiliate_customer_id,
        -- no blank stands in an address or a name key
        case
            when names.email_key is null or names.name_key is null then null
            when birth_dates.birth_dates <= 1
                then names.email_key || ' ' || names.name_key
            when names.birth_date is not null
                then
                    names.email_key || ' ' || names.name_key
                    || ' ' || cast(names.birth_date as text)
        end as shared_key
    from names
    left join birth_dates
        on names.email_key = birth_dates.email_key and names.name_key = birth_dates.name_key
),

grouped as (
    select
        affiliate_id,
        affiliate_customer_id,
        coalesce(
            shared_key,
            cast(affiliate_id as text) || ':' || cast(affiliate_customer_id as text)
        ) as group_key
    from keyed
)

select
    affiliate_id,
    affiliate_customer_id,
    first_value(affiliate_id) over members as anchor_affiliate_id,
    first_value(affiliate_customer_id) over members as anchor_customer_id,
    count(*) over (partition by group_key) as cluster_records
from grouped
window members as (partition by group_key order by affiliate_id, affiliate_customer_id)
