-- Each interval ends when the next starts, and only the last one is open.
select *
from (
    select
        affiliate_id,
        deal_id,
        move_no,
        entered_at,
        exited_at,
        lead(entered_at) over (partition by affiliate_id, deal_id order by move_no) as next_at
    from {{ ref('own_deal_stage_intervals') }}
) as visits
where
    entered_at > {{ as_of() }}
    or exited_at < entered_at
    or exited_at <> next_at
    or (exited_at is null) <> (next_at is null)
