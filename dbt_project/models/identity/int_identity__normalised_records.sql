{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ purge_restated_records() }}"
) }}
-- depends_on: {{ ref('int_identity__restated_records') }}
{%- set restated -%}
    (
        select records.*
        from {{ ref('int_identity__records') }} as records
        inner join {{ ref('int_identity__restated_records') }} as restated
            on
                records.affiliate_id = restated.affiliate_id
                and records.affiliate_customer_id = restated.affiliate_customer_id
    )
{%- endset %}
{{ normalised_records(restated if identity_is_incremental() else ref('int_identity__records')) }}
