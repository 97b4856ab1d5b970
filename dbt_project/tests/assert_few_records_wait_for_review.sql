{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'identity_review'}}}) }}
-- Many doubtful records at once indicate a new source of bad identifiers, or weights that no
-- longer fit.
with shares as (
    select
        (
            select count(distinct record_id) from {{ ref('identity_review') }}
            where reason <> 'nothing_to_compare'
        ) as in_review,
        (select count(*) from {{ ref('int_identity__clusters') }}) as records
)

select *
from shares
where in_review > {{ var('identity_review_share_limit') }} * records
