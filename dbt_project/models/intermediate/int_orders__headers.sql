{# An order without its own time is dated by the creation of its row; without its own currency it is
   in the affiliate's. Rates are looked up per currency and day, and time zone offsets per day:
   computing them per order would take most of the model's time. #}
with happened as (
    select
        headers.*,
        coalesce(headers.ordered_at, headers.created_at) as happened_at,
        coalesce(headers.currency, affiliates.currency) as order_currency,
        coalesce(affiliates.time_zone, 'UTC') as time_zone
    from {{ ref('stg_oltp__order_headers') }} as headers
    left join {{ ref('stg_oltp__affiliates') }} as affiliates
        on headers.affiliate_id = affiliates.affiliate_id
),

days as (
    select distinct
        time_zone,
        {{ utc_date('happened_at') }} as utc_day
    from happened
),

-- offset of a time zone from UTC at the start and end of a day
shifts as (
    select
        time_zone,
        utc_day,
        cast(utc_day as timestamp) at time zone 'UTC' at time zone time_zone
        - cast(utc_day as timestamp) as shift,
        cast(utc_day + 1 as timestamp) at time zone 'UTC' at time zone time_zone
        - cast(utc_day + 1 as timestamp) as later_shift
    from days
),

headers as (
    select
        happened.*,
        case
            when shifts.shift = shifts.later_shift
                then cast({{ utc_timestamp('happened.happened_at') }} + shifts.shift as date)
            else cast(happened.happened_at at time zone happened.time_zone as date)
        end as order_date_local
    from happened
    left join shifts
        on
            happened.time_zone = shifts.time_zone
            and {{ utc_date('happened.happened_at') }} = shifts.utc_day
),

currency_days as (
    select distinct
        order_currency as currency,
        order_date_local as day
    from headers
),

rates as (
    {{ rates_of_days('currency_days') }}
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
    rates.rate as fx_rate,
    rates.valid_from as fx_date,
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
        and headers.order_date_local = rates.day
left join {{ ref('int_identity__records') }} as records
    on
        headers.affiliate_id = records.affiliate_id
        and headers.affiliate_customer_id = records.affiliate_customer_id
left join {{ ref('erased_records') }} as erased
    on
        headers.affiliate_id = erased.affiliate_id
        and headers.affiliate_customer_id = erased.affiliate_customer_id
