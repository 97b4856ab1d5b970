with customers as (
    select
        records.affiliate_id,
        records.affiliate_customer_id,
        records.full_name,
        records.email,
        records.phone,
        records.known_from,
        records.known_since,
        records.last_stated_at,
        typed.gender,
        typed.country,
        {{ full_years('typed.birth_date', utc_date(as_of())) }} as age,
        typed.has_birth_date and typed.birth_date is null as birth_date_invalid
    from {{ ref('int_identity__records') }} as records
    inner join {{ ref('int_identity__normalised_records') }} as typed
        on
            records.affiliate_id = typed.affiliate_id
            and records.affiliate_customer_id = typed.affiliate_customer_id
    left join {{ ref('erased_records') }} as erased
        on
            records.affiliate_id = erased.affiliate_id
            and records.affiliate_customer_id = erased.affiliate_customer_id
    where erased.affiliate_customer_id is null
),

measures as (
    {{ customer_measures('customers', ref('own_customer_orders'), record(), ['affiliate_id'])
        | indent(4) }}
),

consents as (
    {{ consent_state(ref('stg_events__consents')) | indent(4) }}
),

tagged as (
    {{ active_tags(record(), ref('own_customer_tags')) }}
),

kept_totals as (
    select
        affiliate_id,
        affiliate_customer_id,
        total_purchase,
        avg_ticket
    from {{ ref('stg_oltp__affiliate_customers') }}
)

select
    cast(customers.affiliate_id as bigint) as affiliate_id,
    cast(customers.affiliate_customer_id as bigint) as affiliate_customer_id,
    cast(customers.full_name as text) as full_name,
    cast(customers.email as text) as email,
    cast(customers.phone as text) as phone,
    cast(coalesce(customers.gender, 'unknown') as text) as gender,
    cast(customers.age as integer) as age,
    {{ as_of() }} as age_as_of,
    cast({{ age_band('customers.age') }} as text) as age_band,
    cast(customers.birth_date_invalid as boolean) as birth_date_invalid,
    cast(customers.country as text) as country,
    cast(customers.known_from as text) as known_from,
    cast(customers.known_since as timestamptz) as first_seen_at,
    cast({{ days_between('customers.known_since', as_of()) }} as integer) as tenure_days,
    {{ customer_measure_columns('measures') }},
    cast(channels.preferred_channel as text) as preferred_channel,
    {{ empty_list_if_null('tagged.tags') }} as tags,
    {%- for name in consent_channels() + ['profiling'] %}
    cast(coalesce(consents.consent_{{ name }}, false) as boolean) as consent_{{ name }},
    {%- endfor %}
    cast(coalesce(
        consents.consent_email and customers.email is not null
        or (consents.consent_sms or consents.consent_whatsapp or consents.consent_phone)
        and customers.phone is not null,
        false
    ) as boolean) as is_reachable,
    cast(kept_totals.total_purchase as decimal(18, 2)) as oltp_total_purchase,
    cast(kept_totals.avg_ticket as decimal(18, 2)) as oltp_avg_ticket,
    cast(kept_totals.total_purchase - measures.total_purchase as decimal(18, 2))
        as total_purchase_drift,
    cast(kept_totals.avg_ticket - measures.avg_ticket as decimal(18, 2)) as avg_ticket_drift,
    cast(greatest(customers.last_stated_at, measures.orders_updated_at) as timestamptz)
        as updated_at
from customers
inner join measures on {{ same_subject(record(), 'customers', 'measures') }}
left join {{ ref('int_channels__records') }} as channels
    on {{ same_subject(record(), 'customers', 'channels') }}
left join consents on {{ same_subject(record(), 'customers', 'consents') }}
left join tagged on {{ same_subject(record(), 'customers', 'tagged') }}
left join kept_totals on {{ same_subject(record(), 'customers', 'kept_totals') }}
