{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'int_identity__clusters'}}}) }}
-- Only a warning: an oversized component is split again, but its cause, a mailbox or number that
-- many people state, should be added to the junk values.
select
    component_id,
    count(*) as records
from {{ ref('int_identity__clusters') }}
group by component_id
having count(*) > {{ var('identity_component_records_limit') }}
