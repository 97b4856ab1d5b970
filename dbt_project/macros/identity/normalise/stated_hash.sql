{# One hash of everything that a record of int_identity__records states, and of what depends on
   as_of: when it changes, the record is normalised again. #}
{% macro stated_hash() -%}
    {{ row_digest([
        'full_name', 'email', 'phone', 'gender', 'birth_date', is_birth_date_possible(), 'identifier',
        'identifier_type', 'postal_code', 'country', 'known_from', 'known_since', 'last_stated_at'
    ]) }}
{%- endmacro %}

{# Whether a person who is alive at as_of can have been born on that day. #}
{% macro is_birth_date_possible() -%}
    (
        birth_date >= cast('1900-01-01' as date)
        and birth_date <= {{ utc_date(as_of()) }}
        and {{ full_years('birth_date', utc_date(as_of())) }} <= 120
    )
{%- endmacro %}
