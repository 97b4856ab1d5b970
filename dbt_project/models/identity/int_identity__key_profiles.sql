{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ purge_changed_keys() }}"
) }}

select
    kind,
    key_value,
    key_class,
    records,
    affiliates,
    birth_dates,
    first_names
from {{ ref('int_identity__changed_keys') }}
where not is_plain
