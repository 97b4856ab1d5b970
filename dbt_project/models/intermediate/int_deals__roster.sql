{# Without funnel events, each customer record is a deal, and so is each invitation that has not led
   to a customer yet. A record with a deal from events gets no second one. Deals of erased customers
   are excluded. #}
with reported as (
    select
        affiliate_id,
        deal_id,
        affiliate_customer_id,
        row_number() over (
            partition by affiliate_id, deal_id
            order by
                event_at desc, {{ binary_order('event_source') }} desc,
                {{ binary_order('event_id') }} desc
        ) as newness
    from {{ ref('stg_events__funnel_events') }}
    where deal_id is not null and stage is not null
),

-- if an event names no customer, the deal keeps the customer of earlier events
reported_deals as (
    select
        affiliate_id,
        deal_id,
        {{ value_at_lowest('affiliate_customer_id', 'newness') }} as affiliate_customer_id
    from reported
    group by affiliate_id, deal_id
),

first_visits as (
    select
        affiliate_id,
        affiliate_customer_id,
        channel,
        row_number() over (
            partition by affiliate_id, affiliate_customer_id
            order by first_at, {{ binary_order('channel') }}
        ) as place
    from {{ ref('int_visits__days') }}
    where channel is not null
),

mentioned_customers as (
    select distinct
        affiliate_id,
        affiliate_customer_id
    from reported_deals
),

unreported as (
    select
        records.affiliate_id,
        -- a prefix that is not a name: a release rejects IDs that look like names
        'known:' || cast(records.affiliate_customer_id as text) as deal_id,
        records.affiliate_customer_id,
        'known' as customer_kind,
        records.known_since
    from {{ known_records() }} as records
    left join mentioned_customers
        on
            records.affiliate_id = mentioned_customers.affiliate_id
            and records.affiliate_customer_id = mentioned_customers.affiliate_customer_id
    where mentioned_customers.affiliate_customer_id is null
    union all
    select
        affiliate_id,
        'invite:' || cast(invite_id as text) as deal_id,
        affiliate_customer_id,
        'invited' as customer_kind,
        invited_at as known_since
    from {{ ref('int_deals__invites') }}
    where affiliate_customer_id is null
),

deals as (
    select
        reported_deals.affiliate_id,
        reported_deals.deal_id,
        records.affiliate_customer_id,
        case when records.affiliate_customer_id is null then 'unknown' else 'known' end
            as customer_kind,
        'events' as origin,
        cast(null as timestamptz) as known_since
    from reported_deals
    left join {{ known_records() }} as records
        on
            reported_deals.affiliate_id = records.affiliate_id
            and reported_deals.affiliate_customer_id = records.affiliate_customer_id
    left join {{ ref('erased_records') }} as erasures
        on
            reported_deals.affiliate_id = erasures.affiliate_id
            and reported_deals.affiliate_customer_id = erasures.affiliate_customer_id
    where erasures.affiliate_customer_id is null
    union all
    select
        unreported.affiliate_id,
        unreported.deal_id,
        unreported.affiliate_customer_id,
        unreported.customer_kind,
        'records' as origin,
        unreported.known_since
    from unreported
    left join reported_deals
        on
            unreported.affiliate_id = reported_deals.affiliate_id
            and unreported.deal_id = reported_deals.deal_id
    where reported_deals.deal_id is null
)

select
    deals.affiliate_id,
    deals.deal_id,
    deals.affiliate_customer_id,
    deals.customer_kind,
    deals.origin,
    coalesce(of_invitee.channel, invites.channel, first_visits.channel, 'unknown') as channel,
    least(deals.known_since, invites.invited_at) as known_since,
    coalesce(of_invitee.accepted_at, invites.accepted_at) as accepted_at
from deals
left join {{ ref('int_deals__invites') }} as invites
    on
        deals.affiliate_id = invites.affiliate_id
        and deals.affiliate_customer_id = invites.affiliate_customer_id
left join {{ ref('int_deals__invites') }} as of_invitee
    on
        deals.affiliate_id = of_invitee.affiliate_id
        and deals.customer_kind = 'invited'
        and deals.deal_id = 'invite:' || cast(of_invitee.invite_id as text)
left join first_visits
    on
        deals.affiliate_id = first_visits.affiliate_id
        and deals.affiliate_customer_id = first_visits.affiliate_customer_id
        and first_visits.place = 1
