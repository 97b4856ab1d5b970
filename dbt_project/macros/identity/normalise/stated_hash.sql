{# One value for all that a record of int_identity__records says, and for what time makes of it: the
   record is normalised anew once it has another. #}
{% macro stated_hash() -%}
    {{ row_digest([
        'full_name', 'email', 'phone', 'gender', 'birth_date', is_birth_date_possible(), 'identifier',
        'identifier_type', 'postal_code', 'country', 'known_from', 'known_since', 'last_stated_at'
    ]) }}
{%- endmacro %}

{# Whether somebody who lives at as_of can have been born then. #}
{% macro is_birth_date_possible() -%}
    (
        birth_date >= cast('1900-01-01' as date)
        and birth_date <= {{ utc_date(as_of()) }}
        and {{ full_years('birth_date', utc_date(as_of())) }} <= 120
    )
{%- endmacro %}
