-- Events of this ID and of the IDs that were merged into it, oldest first.
select
    happened_at,
    event,
    customer_id,
    other_customer_id,
    record_id,
    cause,
    cause_left_record_id,
    cause_right_record_id,
    cause_weight
from wh.identity.identity_events
where customer_id in ($id, $asked) or other_customer_id = $id
order by
    coalesce(landing_position, 9223372036854775807),
    list_position($event_order, event),
    record_id
