{{ config(materialized='ephemeral') }}
{# Ids are a history that only goes on: what a build for an earlier instant changes comes after what
   was landed. Such a build does not know all records, so one that it misses has not gone. #}
select
    greatest({{ as_of() }}, max(assigned_at)) as changed_at,
    coalesce({{ as_of() }} < max(assigned_at), false) as is_looking_back
from {{ ref('stg_identity__assignments') }}
