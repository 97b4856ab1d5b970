{# A pause of 30 minutes starts a new session: the storefront's own session ids are not trusted, one
   tab may stay open for days. #}
with visits as (
    select
        xref.customer_id,
        visits.affiliate_id,
        visits.product_id,
        {{ channel_code('visits.channel') }} as channel,
        visits.event_source,
        visits.event_id,
        visits.event_at as visited_at
    from {{ ref('stg_events__product_visits') }} as visits
    inner join {{ ref('customer_xref') }} as xref
        on
            visits.affiliate_id = xref.affiliate_id
            and visits.affiliate_customer_id = xref.affiliate_customer_id
),

gaps as (
    select
        *,
        lag(visited_at) over (
            partition by customer_id
            order by visited_at, {{ binary_order('event_source') }}, {{ binary_order('event_id') }}
        ) as previous_at
    from visits
)

select
    customer_id,
    affiliate_id,
    product_id,
    channel,
    event_source,
    event_id,
    visited_at,
    coalesce({{ minutes_between('previous_at', 'visited_at') }} >= 30, true) as starts_session
from gaps
