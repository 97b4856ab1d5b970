{# Which records are compared: kind → key over the row `r`, null if the record lacks it. Identifiers
   link people by themselves as long as they are personal; blocking keys never do. #}
{% macro identity_identifiers() -%}
    {{ return({
        'email': 'r.email_key',
        'phone': 'r.phone_key',
        'identifier': 'r.identifier_key'
    }) }}
{%- endmacro %}

{% macro identity_blocks() -%}
    {%- set full_first_name = 'case when length(r.first_name) > 1 then r.first_name end' -%}
    {%- set third = 'cast(floor(length(r.identifier_key) / 3.0) as integer)' -%}
    {%- set long_number = 'case when length(r.identifier_key) >= 6 then ' -%}
    {{ return({
        'surname_birth': "r.surname || ' ' || r.birth_text",
        'first_birth': full_first_name ~ " || ' ' || r.birth_text",
        'birth_postal': "r.birth_text || ' ' || r.postal_code",
        'surname_postal': "r.surname || ' ' || left(r.first_name, 1) || ' ' || r.postal_code",
        'first_postal': full_first_name ~ " || ' ' || r.postal_code",
        'birth': 'r.birth_text',
        'number_head': long_number
            ~ 'left(r.identifier_key, length(r.identifier_key) - ' ~ third ~ ' - 1) end',
        'number_tail': long_number
            ~ 'right(r.identifier_key, length(r.identifier_key) - ' ~ third ~ ' - 1) end',
        'number_ends': long_number ~ 'left(r.identifier_key, ' ~ third ~ ") || '-' || "
            ~ 'right(r.identifier_key, ' ~ third ~ ') end'
    }) }}
{%- endmacro %}

{# Number of records of one key above which they are not compared with each other. A birth date or a
   part of a number is weak, so only few records may share it: with some thousands of records they
   do, with a million only rare values. A typing error in a number leaves one of its three parts
   intact. #}
{% macro identity_block_cap(kind) -%}
    {%- set is_weak = kind in ('birth', 'number_head', 'number_tail', 'number_ends') -%}
    {{ return(var('identity_rare_cap' if is_weak else 'identity_block_cap')) }}
{%- endmacro %}

{# The column of int_identity__match_records that holds a key. #}
{% macro identity_column(kind) -%}
    {{ return(kind ~ ('_key' if kind in identity_identifiers() else '_block')) }}
{%- endmacro %}
