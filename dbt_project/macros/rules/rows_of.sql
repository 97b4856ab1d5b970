{# The rows of a relation that holds customer records, with the columns of the subject: those of a
   person come from all the person's records. #}
{% macro rows_of(subject, relation) -%}
    {%- if subject == record() -%}
        {{ relation }}
    {%- else -%}
        (
            select
                xref.customer_id,
                records.*
            from {{ relation }} as records
            inner join {{ ref('customer_xref') }} as xref
                on
                    records.affiliate_id = xref.affiliate_id
                    and records.affiliate_customer_id = xref.affiliate_customer_id
        )
    {%- endif -%}
{%- endmacro %}
