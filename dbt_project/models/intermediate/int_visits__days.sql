{# A pause of 30 minutes starts a new session. The storefront's own session IDs are not used,
   because a tab may stay open for days. A session belongs to one customer record, and so to one
   storefront. All other visit metrics are computed from these days, which are fewer than the
   visits. #}
{%- set days_ago = days_between('visited_at', as_of()) -%}

-- a channel is cleaned once per spelling, and sorted as a number
with channels as (
    select
        spelling,
        {{ channel_code('spelling') }} as channel,
        dense_rank() over (order by {{ binary_order(channel_code('spelling')) }}) as channel_no
    from (
        select distinct channel as spelling
        from {{ ref('stg_events__product_visits') }}
    ) as spellings
    where spelling is not null
),

visits as (
    select
        visits.affiliate_id,
        visits.affiliate_customer_id,
        visits.product_id,
        channels.channel,
        coalesce(channels.channel_no, 0) as channel_no,
        visits.event_at as visited_at
    from {{ ref('stg_events__product_visits') }} as visits
    inner join {{ known_records() }} as records
        on
            visits.affiliate_id = records.affiliate_id
            and visits.affiliate_customer_id = records.affiliate_customer_id
    left join channels on visits.channel = channels.spelling
),

gaps as (
    select
        *,
        lag(visited_at) over (
            partition by affiliate_id, affiliate_customer_id
            order by visited_at, coalesce(product_id, 0), channel_no
        ) as previous_at
    from visits
),

starts as (
    select
        *,
        {{ utc_date('visited_at') }} as day,
        {{ days_ago }} as days_ago,
        case when {{ minutes_between('previous_at', 'visited_at') }} < 30 then 0 else 1 end
            as starts_session
    from gaps
)

select
    affiliate_id,
    affiliate_customer_id,
    product_id,
    channel,
    day,
    cast(count(*) as integer) as visits,
    {%- for days in [7, 30, 90] %}
    cast(sum(case when days_ago < {{ days }} then starts_session else 0 end) as integer)
        as sessions_{{ days }}d,
    {%- endfor %}
    min(visited_at) as first_at,
    max(visited_at) as last_at
from starts
group by affiliate_id, affiliate_customer_id, product_id, channel, day
