{# A contact counts for the stage that it was made in: an answer may end that stage at the same
   time. #}
{%- set in_order = 'order by happened_at, ' ~ binary_order('signal_id') ~ ', '
    ~ binary_order('signal_source') -%}
with contacts as (
    select
        follow_ups.affiliate_id,
        follow_ups.deal_id,
        follow_ups.signal_id,
        follow_ups.signal_source,
        follow_ups.happened_at,
        visits.move_no,
        visits.stage,
        coalesce({{ channel_code('follow_ups.channel') }}, 'unknown') as channel,
        {{ is_answer('follow_ups.outcome') }} as is_answered
    from {{ ref('int_deals__follow_ups') }} as follow_ups
    inner join {{ ref('own_deal_stage_intervals') }} as visits
        on
            follow_ups.affiliate_id = visits.affiliate_id
            and follow_ups.deal_id = visits.deal_id
            and follow_ups.happened_at > visits.entered_at
            and follow_ups.happened_at <= coalesce(visits.exited_at, {{ as_of() }})
    where follow_ups.event_type = 'FollowUpDone'
),

counted as (
    select
        *,
        sum(case when is_answered then 1 else 0 end) over (
            partition by affiliate_id, deal_id, move_no {{ in_order }}
            rows between unbounded preceding and current row
        ) - case when is_answered then 1 else 0 end as answers_before
    from contacts
)

select
    affiliate_id,
    deal_id,
    signal_id,
    signal_source,
    happened_at,
    stage,
    cast(row_number() over (
        partition by affiliate_id, deal_id, move_no, answers_before {{ in_order }}
    ) as integer) as step,
    channel,
    is_answered
from counted
