{# Every customer record that an affiliate may still use, that is, without erased ones. It does not
   reveal which records belong together, so an affiliate's own marts may be built on it. #}
{% macro known_records() -%}
    (
        select
            records.affiliate_id,
            records.affiliate_customer_id,
            least(records.known_since, {{ as_of() }}) as known_since
        from {{ ref('int_identity__records') }} as records
        left join {{ ref('erased_records') }} as erased
            on
                records.affiliate_id = erased.affiliate_id
                and records.affiliate_customer_id = erased.affiliate_customer_id
        where erased.affiliate_customer_id is null
    )
{%- endmacro %}
