-- Delivered tasks whose pseudonym the ledger does not have yet.
select
    tasks.affiliate_id,
    tasks.task as task_pseudonym,
    tasks.task_id,
    tasks.deal_id,
    tasks.record_id as affiliate_customer_id,
    cast($now as timestamptz) as delivered_at
from task_fate as tasks
anti join delivered_task as known
    on
        tasks.affiliate_id = known.affiliate_id
        and tasks.task = known.task
where tasks.fate = 'delivered'
order by all
