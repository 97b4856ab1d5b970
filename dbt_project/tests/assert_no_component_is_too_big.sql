{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'int_identity__clusters'}}}) }}
-- A warning: a giant is taken apart again, but what made it, a mailbox or a number that everybody
-- gives, belongs among the junk values.
select
    component_id,
    count(*) as records
from {{ ref('int_identity__clusters') }}
group by component_id
having count(*) > {{ var('identity_component_records_limit') }}
