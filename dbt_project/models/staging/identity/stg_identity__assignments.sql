{{ config(materialized='ephemeral', contract={'enforced': false}) }}
select
    -- ids
    affiliate_id,
    affiliate_customer_id,
    cast(affiliate_id as text) || ':' || cast(affiliate_customer_id as text) as record_id,
    customer_id,
    invocation_id,
    -- numerics
    _seq as landing_position,
    -- timestamps
    assigned_at
from {{ source('raw', 'identity_assignments') }}
