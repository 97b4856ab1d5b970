{# What a key says of the records that hold it, from the counts of a profile. An identifier of one
   birth date and two spellings of a first name is personal; with more it is shared by a household
   or an office, and with many it is junk, as is any block too big to compare within. #}
{% macro key_class(kind) -%}
    {%- if kind in identity_identifiers() -%}
        case
            when
                birth_dates > {{ var('identity_junk_people') }}
                or first_names > {{ var('identity_junk_people') }}
                or records > {{ var('identity_block_cap') }}
                then 'junk'
            when
                birth_dates > 2
                or birth_dates > 1 and first_names > 1
                or birth_dates = 0 and first_names > 2
                then 'shared'
            else 'personal'
        end
    {%- else -%}
        case when records > {{ var('identity_block_cap') }} then 'capped' else 'open' end
    {%- endif -%}
{%- endmacro %}
