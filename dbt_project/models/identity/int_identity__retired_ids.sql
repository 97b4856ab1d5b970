{{ config(materialized='ephemeral') }}
select members.prior_customer_id as customer_id
from {{ ref('int_identity__members') }} as members
left join {{ ref('int_identity__assignment_changes') }} as changes
    on members.record_id = changes.record_id and changes.customer_id is null
where members.prior_customer_id is not null
group by members.prior_customer_id
having count(*) = count(changes.record_id)
