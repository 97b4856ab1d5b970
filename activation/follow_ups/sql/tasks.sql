-- Open tasks of each affiliate's file with what the internal file knows about them.
select
    published.affiliate,
    published.task,
    published.channel,
    published.due_at,
    published.expires_at,
    published.sent,
    internal.affiliate_id,
    internal.task_id,
    internal.deal_id,
    internal.is_delayed,
    person.record_id,
    person.affiliate_id as owner_of_record
from published
left join internal on published.task = internal.task
left join person on published.customer = person.member
