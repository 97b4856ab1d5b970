{# A deal belongs to one affiliate, so both grains hold the same rows. #}
select
    affiliate_id,
    day,
    stage,
    stage_rank,
    entered,
    exited,
    open_deals,
    open_deals_without_amount,
    amount_base,
    expected_amount_base
from {{ ref('own_pipeline_daily') }}
