with roster as (
    select * from {{ ref('int_deals__roster') }}
),

follow_ups as (
    select
        *,
        event_type = 'FollowUpDone'
        and coalesce(outcome, '') in ('reached', 'replied', 'meeting_booked') as is_answered
    from {{ ref('int_deals__follow_ups') }}
),

signals as (
    select
        {{ deal_signal({
            'instant_rank': 'instant_rank',
            'signal_source': 'signal_source',
            'kind': "case when stage is null then 'activity' else 'event' end",
            'stage': 'stage',
            'reason_code': 'reason_code',
            'owner_id': 'owner_id',
            'amount': 'amount',
            'currency': 'currency',
            'is_reopening': "event_type = 'DealReopened'",
            'is_demo_scheduled': "event_type = 'DemoScheduled'"
        }) }}
    from {{ ref('int_deals__reported_stages') }}
    union all
    select
        {{ deal_signal({
            'instant_rank': '6',
            'kind': "'order'",
            'stage': "'won'",
            'amount': 'amount',
            'currency': 'currency'
        }) }}
    from {{ ref('int_deals__wins') }}
    union all
    select
        {{ deal_signal({
            'instant_rank': 'case when is_answered then 2 else 9 end',
            'signal_source': 'signal_source',
            'kind': "case when is_answered then 'answer' else 'activity' end",
            'stage': "case when is_answered then 'contact_made' end",
            'owner_id': 'owner_id',
            'alive_until': 'greatest(happened_at, due_at)',
            'planned_at': 'case when not is_task_done then due_at end'
        }) }}
    from follow_ups
    union all
    select
        {{ deal_signal({
            'happened_at': 'accepted_at',
            'instant_rank': '2',
            'signal_id': "'accepted'",
            'kind': "'answer'",
            'stage': "'contact_made'",
            'alive_until': 'accepted_at'
        }) }}
    from roster
    where origin = 'records' and accepted_at is not null
),

-- a customer entered the funnel when it first became known
entries as (
    select
        roster.affiliate_id,
        roster.deal_id,
        least(min(roster.known_since), min(signals.happened_at)) as happened_at
    from roster
    left join signals
        on roster.affiliate_id = signals.affiliate_id and roster.deal_id = signals.deal_id
    where roster.origin = 'records'
    group by roster.affiliate_id, roster.deal_id
)

select * from signals
union all
select
    {{ deal_signal({
        'instant_rank': '1',
        'signal_id': "'known'",
        'kind': "'record'",
        'stage': "'untouched'"
    }) }}
from entries
