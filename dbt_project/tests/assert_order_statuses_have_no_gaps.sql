with history as (
    select
        affiliate_id,
        order_id,
        interval_no,
        valid_from,
        valid_to,
        is_current,
        status_raw,
        lead(valid_from) over following as next_from,
        lead(interval_no) over following as next_no,
        lead(status_raw) over following as next_status
    from {{ ref('order_status_history') }}
    window following as (partition by affiliate_id, order_id order by interval_no)
)

select
    affiliate_id,
    order_id,
    interval_no
from history
where
    valid_to < valid_from
    or valid_to is distinct from next_from
    or coalesce(next_no <> interval_no + 1, false)
    or is_current <> (next_no is null)
    or (next_no is not null and status_raw is not distinct from next_status)
