-- Each open task with the first reason not to deliver it now. A withdrawal since the release
-- outweighs every basis for contact.
select
    task.*,
    case
        when exists (
            select 1
            from erased
            where erased.affiliate_id = task.affiliate_id and erased.record_id = task.record_id
        ) then 'erased'
        when exists (
            select 1
            from withdrawn
            where
                withdrawn.affiliate_id = task.affiliate_id
                and withdrawn.record_id = task.record_id
                and coalesce(withdrawn.purpose, {purpose}) = {purpose}
                and coalesce(withdrawn.channel, task.channel) = task.channel
        ) then 'consent'
        when exists (
            select 1
            from settled
            where settled.affiliate_id = task.affiliate_id and settled.record_id = task.record_id
        ) or exists (
            select 1
            from settled
            where settled.affiliate_id = task.affiliate_id and settled.deal_id = task.deal_id
        ) then 'answered'
        when task.is_delayed then 'fatigue'
        when task.due_at > $until then 'later'
        when task.expires_at <= $now then 'expired'
        else 'delivered'
    end as fate
from task
