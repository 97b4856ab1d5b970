{# The rows of a relation that holds customer records, with the columns of the subject: those of a
   person come from all the person's records. `number` selects people with `one` or with `several`
   records: values of a single record need not be aggregated again. #}
{% macro rows_of(subject, relation, number=none) -%}
    {%- if subject == record() -%}
        {{ relation }}
    {%- else -%}
        (
            select
                xref.customer_id,
                records.*
            from {{ relation }} as records
            {%- if number %}
            inner join (
                select
                    *,
                    count(*) over (partition by customer_id) as records_count
                from {{ ref('customer_xref') }}
            ) as xref
            {%- else %}
            inner join {{ ref('customer_xref') }} as xref
            {%- endif %}
                on
                    records.affiliate_id = xref.affiliate_id
                    and records.affiliate_customer_id = xref.affiliate_customer_id
            {%- if number %}
            where xref.records_count {{ '=' if number == 'one' else '>' }} 1
            {%- endif %}
        )
    {%- endif -%}
{%- endmacro %}
