-- Completed follow-ups. An event may name its deal only, or the task as it was delivered.
with deals as (
    select
        affiliate_id,
        json_extract_string(data, '$.deal_id') as deal,
        arg_max(record_id, happened_at) as record_id
    from funnel
    where record_id is not null
    group by affiliate_id, json_extract_string(data, '$.deal_id')
)

select
    events.affiliate_id,
    coalesce(events.record_id, tasks.record_id, deals.record_id) as record_id,
    events.happened_at,
    json_extract_string(events.data, '$.outcome') as outcome,
    events.seq
from follow_ups as events
left join delivered_task as tasks
    on
        events.affiliate_id = tasks.affiliate_id
        and json_extract_string(events.data, '$.task_id') = tasks.task
left join deals
    on
        events.affiliate_id = deals.affiliate_id
        and json_extract_string(events.data, '$.deal_id') = deals.deal
where
    events.type = 'FollowUpDone'
    and coalesce(events.record_id, tasks.record_id, deals.record_id) is not null
