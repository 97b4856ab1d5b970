{{ config(
    warn_if='>0',
    error_if='>' ~ var('identity_giant_persons_limit'),
    meta={'dagster': {'ref': {'name': 'customer_xref'}}}
) }}
-- A person known a hundred times is a mailbox or a placeholder that passed for somebody: one may be
-- real, several are a rule that broke.
select
    customer_id,
    count(*) as records
from {{ ref('customer_xref') }}
group by customer_id
having count(*) > {{ var('identity_person_records_limit') }}
