{# An opt-out applies to the customer, whichever deal it was stated for, until a later consent. #}
with stated as (
    select
        events.affiliate_id,
        coalesce(roster.affiliate_customer_id, events.affiliate_customer_id)
            as affiliate_customer_id,
        events.event_at
    from {{ ref('stg_events__follow_up_events') }} as events
    left join {{ ref('int_deals__roster') }} as roster
        on events.affiliate_id = roster.affiliate_id and events.deal_id = roster.deal_id
    where events.outcome = 'opted_out'
    union all
    select
        affiliate_id,
        affiliate_customer_id,
        event_at
    from {{ ref('stg_events__follow_up_events') }}
    where outcome = 'opted_out'
    union all
    select
        affiliate_id,
        affiliate_customer_id,
        event_at
    from {{ ref('stg_events__consents') }}
    where
        not is_granted
        and channel is null
        and (purpose is null or purpose = '{{ var("contact_purpose") }}')
),

opt_outs as (
    select
        affiliate_id,
        affiliate_customer_id,
        max(event_at) as opted_out_at
    from stated
    where affiliate_customer_id is not null
    group by affiliate_id, affiliate_customer_id
),

consents as (
    select
        affiliate_id,
        affiliate_customer_id,
        max(event_at) as consented_at
    from {{ ref('stg_events__consents') }}
    where is_granted and channel is not null and purpose = '{{ var("contact_purpose") }}'
    group by affiliate_id, affiliate_customer_id
)

select
    customers.affiliate_id,
    customers.affiliate_customer_id,
    case when opt_outs.opted_out_at is not null then 'opted_out' else 'minor' end as reason
from {{ ref('own_customer') }} as customers
left join consents on {{ same_subject(record(), 'customers', 'consents') }}
left join opt_outs
    on
        {{ same_subject(record(), 'customers', 'opt_outs') }}
        and opt_outs.opted_out_at >= coalesce(consents.consented_at, opt_outs.opted_out_at)
where
    opt_outs.opted_out_at is not null
    or customers.age < {{ var('follow_up_minimum_age') }}
