{{ config(
    warn_if='>0',
    error_if='>' ~ var('identity_giant_persons_limit'),
    meta={'dagster': {'ref': {'name': 'customer_xref'}}}
) }}
-- A person with a hundred records is usually a shared mailbox or a placeholder: one may be real,
-- several indicate a broken rule.
select
    customer_id,
    count(*) as records
from {{ ref('customer_xref') }}
group by customer_id
having count(*) > {{ var('identity_person_records_limit') }}
