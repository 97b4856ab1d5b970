{{ config(materialized='ephemeral') }}
{# Where the records of an ID moved to: one other ID may have replaced it, the others received some
   of its records. #}
with moves as (
    select
        prior_customer_id as customer_id,
        customer_id as other_customer_id,
        min({{ binary_order('record_id') }}) as first_record_id
    from {{ ref('int_identity__assignment_changes') }}
    where prior_customer_id <> customer_id
    group by prior_customer_id, customer_id
),

overtaken as (
    select
        losers.customer_id,
        winners.customer_id as other_customer_id
    from {{ ref('int_identity__id_claims') }} as losers
    inner join {{ ref('int_identity__id_claims') }} as winners
        on losers.cluster_id = winners.cluster_id and winners.is_kept
    where not losers.is_kept
)

select
    moves.customer_id,
    moves.other_customer_id,
    overtaken.customer_id is not null as is_merged,
    moves.first_record_id
from moves
left join overtaken
    on
        moves.customer_id = overtaken.customer_id
        and moves.other_customer_id = overtaken.other_customer_id
