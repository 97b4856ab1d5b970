{# Normalised records in the form that is compared: with the birth date as eight digits. `only` is a
   relation that lists the records wanted, so that no others are processed. #}
{% macro identity_rows(records, only=none) -%}
    (
        select
            records.*,
            cast(cast(
                extract(year from birth_date) * 10000 + extract(month from birth_date) * 100
                + extract(day from birth_date) as integer
            ) as text) as birth_text
        from {{ records }} as records
        {%- if only %}
        inner join {{ only }} as wanted on records.record_id = wanted.record_id
        {%- endif %}
    )
{%- endmacro %}

{# Columns of a normalised record that decide what it is compared with, and how. #}
{% macro identity_compared_columns() -%}
    {{ return([
        'affiliate_id', 'affiliate_customer_id', 'email_key', 'phone_key', 'identifier_key',
        'identifier_type', 'first_name', 'middle_name', 'surname', 'name_suffix', 'birth_date',
        'postal_code', 'gender'
    ]) }}
{%- endmacro %}

{# One hash of all of them except the keys: it changes if a comparison may change. #}
{% macro compared_hash() -%}
    {{ row_digest(identity_compared_columns() | reject('in', ['affiliate_id', 'affiliate_customer_id']) | list) }}
{%- endmacro %}
