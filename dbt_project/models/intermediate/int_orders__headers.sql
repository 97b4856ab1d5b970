{# An order without its own instant happened when its row was made; without its own currency it is
   in the affiliate's. A rate is looked up once per currency and day, not per order. #}
with headers as (
    select
        headers.*,
        coalesce(headers.ordered_at, headers.created_at) as happened_at,
        coalesce(headers.currency, affiliates.currency) as order_currency,
        cast(
            coalesce(headers.ordered_at, headers.created_at)
            at time zone coalesce(affiliates.time_zone, 'UTC') as date
        ) as order_date_local,
        coalesce(affiliates.time_zone, 'UTC') as time_zone
    from {{ ref('stg_oltp__order_headers') }} as headers
    left join {{ ref('stg_oltp__affiliates') }} as affiliates
        on headers.affiliate_id = affiliates.affiliate_id
),

days as (
    select distinct
        order_currency as currency,
        order_date_local
    from headers
),

rates as (
    select
        days.currency,
        days.order_date_local,
        known.rate,
        known.valid_from,
        row_number() over (
            partition by days.currency, days.order_date_local order by known.valid_from desc
        ) as newness
    from days
    inner join {{ ref('exchange_rates') }} as known
        on days.currency = known.currency and days.order_date_local >= known.valid_from
    where days.currency <> '{{ var("reporting_currency") }}'
)

select
    headers.order_id,
    headers.affiliate_id,
    headers.affiliate_customer_id,
    case
        when headers.affiliate_customer_id is null then 'guest'
        when erased.affiliate_customer_id is not null then 'erased'
        when records.affiliate_customer_id is not null then 'known'
        else 'unknown'
    end as customer_kind,
    {{ channel_code('headers.status') }} as status_raw,
    {{ order_status_code('headers.status') }} as status,
    {{ channel_code('headers.channel') }} as channel,
    headers.order_currency as currency,
    case
        when headers.order_currency = '{{ var("reporting_currency") }}'
            then cast(1 as decimal(18, 8))
        else rates.rate
    end as fx_rate,
    case
        when headers.order_currency = '{{ var("reporting_currency") }}'
            then headers.order_date_local
        else rates.valid_from
    end as fx_date,
    coalesce(headers.discount_amount, 0.00) as discount_amount,
    coalesce(headers.tax_amount, 0.00) as tax_amount,
    coalesce(headers.shipping_amount, 0.00) as shipping_amount,
    headers.total_amount,
    headers.happened_at as ordered_at,
    headers.order_date_local,
    headers.time_zone,
    headers.updated_at,
    headers.ordered_at is null as is_ordered_at_missing,
    headers.is_deleted,
    coalesce(headers.happened_at > {{ as_of() }}, true) as is_yet_to_come
from headers
left join rates
    on
        headers.order_currency = rates.currency
        and headers.order_date_local = rates.order_date_local
        and rates.newness = 1
left join {{ ref('int_identity__records') }} as records
    on
        headers.affiliate_id = records.affiliate_id
        and headers.affiliate_customer_id = records.affiliate_customer_id
left join {{ ref('erased_records') }} as erased
    on
        headers.affiliate_id = erased.affiliate_id
        and headers.affiliate_customer_id = erased.affiliate_customer_id
