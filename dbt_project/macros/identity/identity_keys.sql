{# What makes two records worth comparing: kind → key over the row `r`, null where it says nothing.
   Identifiers link people by themselves as long as they are personal; blocks never do. #}
{% macro identity_identifiers() -%}
    {{ return({
        'email': 'r.email_key',
        'phone': 'r.phone_key',
        'identifier': 'r.identifier_key'
    }) }}
{%- endmacro %}

{% macro identity_blocks() -%}
    {%- set full_first_name = 'case when length(r.first_name) > 1 then r.first_name end' -%}
    {{ return({
        'surname_birth': "r.surname || ' ' || r.birth_text",
        'first_birth': full_first_name ~ " || ' ' || r.birth_text",
        'birth_postal': "r.birth_text || ' ' || r.postal_code",
        'surname_postal': "r.surname || ' ' || left(r.first_name, 1) || ' ' || r.postal_code",
        'first_postal': full_first_name ~ " || ' ' || r.postal_code",
        'birth': 'r.birth_text'
    }) }}
{%- endmacro %}

{# Records of one key above which it is not compared within. A birth date alone says little, so
   only few may share it: those of some thousands of records do, those of a million do not. #}
{% macro identity_block_cap(kind) -%}
    {{ return(var('identity_rare_cap' if kind == 'birth' else 'identity_block_cap')) }}
{%- endmacro %}

{# The column of int_identity__match_records that holds a key. #}
{% macro identity_column(kind) -%}
    {{ return(kind ~ ('_key' if kind in identity_identifiers() else '_block')) }}
{%- endmacro %}
