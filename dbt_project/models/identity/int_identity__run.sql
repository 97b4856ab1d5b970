{{ config(materialized='ephemeral') }}
{# A build for a time before the newest landed assignment does not see all records, so a missing
   record is not gone. Its changes are not landed: the history of IDs is append-only. #}
select
    {{ as_of() }} as changed_at,
    {{ is_looking_back() }} as is_looking_back
