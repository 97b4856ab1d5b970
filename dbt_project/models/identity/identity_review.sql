{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ purge_affected_reviews() }}"
) }}
{# Records that a steward should review, with the reason. #}
{%- set incremental = ledger_is_incremental() %}
with clusters as (
    {{ affected_rows('int_identity__clusters', incremental) }}
),

components as (
    {{ affected_rows('int_identity__components', incremental) }}
),

match_records as (
    {{ affected_rows('int_identity__match_records', incremental) }}
),

birth_dates as (
    select
        clusters.cluster_id,
        count(distinct records.birth_date) as birth_dates
    from clusters
    inner join match_records as records
        on clusters.record_id = records.record_id
    where clusters.cluster_records > 1
    group by clusters.cluster_id
    having count(distinct records.birth_date) > 1
),

found as (
    select
        components.record_id,
        'taken_apart' as reason
    from components
    where
        components.origin_id in (
            select taken.origin_id from components as taken
            where taken.component_id <> taken.origin_id
        )
    union all
    select
        record_id,
        'split' as reason
    from clusters
    where cluster_records < component_records
    union all
    select
        clusters.record_id,
        'birth_dates_differ' as reason
    from clusters
    inner join birth_dates on clusters.cluster_id = birth_dates.cluster_id
    union all
    select
        record_id,
        'crowd' as reason
    from clusters
    where cluster_records >= {{ var('identity_crowd_records') }}
    union all
    select
        record_id,
        'nothing_to_compare' as reason
    from match_records
    where
        email_key is null and phone_key is null and identifier_key is null
        and (first_name is null or surname is null or birth_date is null and postal_code is null)
)

select
    found.record_id,
    clusters.affiliate_id,
    clusters.affiliate_customer_id,
    clusters.component_id,
    clusters.cluster_id,
    found.reason
from found
inner join clusters on found.record_id = clusters.record_id
