with stages as (
    select
        stage_rank,
        stage_label,
        sum(reached_or_beyond)::bigint as reached,
        sum(touched)::bigint as touched,
        sum(open_now)::bigint as open_now,
        sum(stuck_now)::bigint as stuck,
        sum(lost_here)::bigint as lost,
        sum(disqualified_here)::bigint as disqualified,
        sum(expired_here)::bigint as expired
    from sales_funnel
    where cohort_month between $first_month and $last_month
    group by all
)

select
    stage_label as stage,
    reached,
    reached / nullif(lag(reached) over (order by stage_rank), 0) as conversion,
    reached / nullif(first_value(reached) over (order by stage_rank), 0) as from_entry,
    touched,
    open_now,
    stuck,
    lost,
    disqualified,
    expired
from stages
order by stage_rank
