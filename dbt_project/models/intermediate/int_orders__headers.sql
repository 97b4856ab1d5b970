{# Orders after as_of have not happened yet. An order without its own instant happened when its row
   was made; without its own currency it is in the affiliate's. #}
with headers as (
    select
        headers.*,
        coalesce(headers.ordered_at, headers.created_at) as happened_at,
        coalesce(headers.currency, affiliates.currency) as order_currency,
        coalesce(affiliates.time_zone, 'UTC') as time_zone
    from {{ ref('stg_oltp__order_headers') }} as headers
    left join {{ ref('stg_oltp__affiliates') }} as affiliates
        on headers.affiliate_id = affiliates.affiliate_id
)

select
    headers.order_id,
    headers.affiliate_id,
    xref.customer_id,
    case
        when headers.affiliate_customer_id is null then 'guest'
        when xref.customer_id is not null then 'known'
        when erased.affiliate_customer_id is not null then 'erased'
        else 'unknown'
    end as customer_kind,
    case
        when headers.status in (
            'created', 'paid', 'shipped', 'delivered', 'cancelled', 'returned',
            'partially_refunded', 'refunded', 'chargeback', 'test'
        ) then headers.status
        else 'unknown'
    end as status,
    {{ channel_code('headers.channel') }} as channel,
    headers.order_currency as currency,
    coalesce(headers.discount_amount, 0.00) as discount_amount,
    coalesce(headers.tax_amount, 0.00) as tax_amount,
    coalesce(headers.shipping_amount, 0.00) as shipping_amount,
    headers.total_amount,
    headers.happened_at as ordered_at,
    cast(headers.happened_at at time zone headers.time_zone as date) as order_date_local,
    headers.ordered_at is null as is_ordered_at_missing
from headers
left join {{ ref('customer_xref') }} as xref
    on
        headers.affiliate_id = xref.affiliate_id
        and headers.affiliate_customer_id = xref.affiliate_customer_id
left join {{ ref('erased_records') }} as erased
    on
        headers.affiliate_id = erased.affiliate_id
        and headers.affiliate_customer_id = erased.affiliate_customer_id
where headers.happened_at <= {{ as_of() }}
