{{ config(materialized='ephemeral') }}
{# A build for an earlier instant than the newest landed one does not see all records, so one that
   it misses has not gone. What it changes is not landed: ids are a history that only goes on. #}
select
    {{ as_of() }} as changed_at,
    {{ is_looking_back() }} as is_looking_back
