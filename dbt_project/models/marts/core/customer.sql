with people as (
    select * from {{ ref('int_identity__customer_attributes') }}
),

measures as (
    {{ customer_measures('people', ref('customer_orders'), person()) | indent(4) }}
),

records as (
    select
        xref.customer_id,
        own.*
    from {{ ref('own_customer') }} as own
    inner join {{ ref('customer_xref') }} as xref
        on
            own.affiliate_id = xref.affiliate_id
            and own.affiliate_customer_id = xref.affiliate_customer_id
),

at_affiliates as (
    select
        customer_id,
        affiliate_id,
        row_number() over (
            partition by customer_id
            order by
                sum(orders_365d) desc,
                coalesce(sum(net_base_365d), 0) desc,
                max(last_order_at) desc,
                affiliate_id
        ) as preference,
        sum(orders_365d) as orders_365d,
        {%- for name in consent_channels() + ['profiling'] %}
        max(case when consent_{{ name }} then 1 else 0 end) as consent_{{ name }},
        {%- endfor %}
        max(case when is_reachable then 1 else 0 end) as is_reachable,
        min(known_from) as least_known_from,
        max(known_from) as most_known_from,
        max(updated_at) as updated_at
    from records
    group by customer_id, affiliate_id
),

affiliates as (
    select
        customer_id,
        max(case when preference = 1 and orders_365d > 0 then affiliate_id end)
            as preferred_affiliate_id,
        {%- for name in consent_channels() + ['profiling'] %}
        sum(consent_{{ name }}) as consents_{{ name }},
        {%- endfor %}
        max(is_reachable) = 1 as is_reachable,
        case
            when min(least_known_from) = max(most_known_from) then min(least_known_from)
            else 'both'
        end as known_from,
        max(updated_at) as updated_at
    from at_affiliates
    group by customer_id
),

tagged as (
    {{ active_tags(person(), ref('customer_tags')) }}
)

select
    cast(people.customer_id as text) as customer_id,
    cast(people.gender as text) as gender,
    cast(people.has_gender_conflict as boolean) as has_gender_conflict,
    cast({{ full_years('people.birth_date', utc_date(as_of())) }} as integer) as age,
    {{ as_of() }} as age_as_of,
    cast({{ age_band(full_years('people.birth_date', utc_date(as_of()))) }} as text) as age_band,
    cast(people.is_birth_date_unusable as boolean) as birth_date_invalid,
    cast(people.country as text) as country,
    cast(people.records_count as integer) as records_count,
    cast(people.affiliates_count as integer) as affiliates_count,
    cast(people.first_affiliate_id as bigint) as first_affiliate_id,
    cast(affiliates.preferred_affiliate_id as bigint) as preferred_affiliate_id,
    cast(affiliates.known_from as text) as known_from,
    cast(people.known_since as timestamptz) as first_seen_at,
    cast({{ days_between('people.known_since', as_of()) }} as integer) as tenure_days,
    {{ customer_measure_columns('measures') }},
    cast(channels.preferred_channel as text) as preferred_channel,
    {{ empty_list_if_null('tagged.tags') }} as tags,
    {%- for name in consent_channels() + ['profiling'] %}
    cast(coalesce(affiliates.consents_{{ name }}, 0) as integer) as consents_{{ name }},
    {%- endfor %}
    cast(coalesce(affiliates.is_reachable, false) as boolean) as is_reachable,
    cast(affiliates.updated_at as timestamptz) as updated_at
from people
inner join measures on people.customer_id = measures.customer_id
left join affiliates on people.customer_id = affiliates.customer_id
left join tagged on people.customer_id = tagged.customer_id
left join {{ ref('int_channels__people') }} as channels
    on people.customer_id = channels.customer_id
