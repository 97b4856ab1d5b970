{# Every interval as its affiliate sees it, with the person of the deal. #}
select
    visits.affiliate_id,
    visits.deal_id,
    visits.move_no,
    xref.customer_id,
    visits.attempt,
    visits.stage,
    visits.stage_rank,
    visits.visit_no,
    visits.from_stage,
    visits.move,
    visits.moved_by,
    visits.reason_code,
    visits.owner_id,
    visits.entered_at,
    visits.exited_at,
    visits.entered_on,
    visits.exited_on,
    visits.days_in_stage,
    visits.business_days_in_stage
from {{ ref('own_deal_stage_intervals') }} as visits
left join {{ ref('customer_xref') }} as xref
    on
        visits.affiliate_id = xref.affiliate_id
        and visits.affiliate_customer_id = xref.affiliate_customer_id
