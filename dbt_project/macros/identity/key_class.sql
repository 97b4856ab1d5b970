{# Class of a key, from the counts of its profile. An e-mail or phone with two first names and one
   birth date, or with two birth dates and one first name, is personal; with more it is shared by a
   household or an office, and with many it is junk; so is any block too large to compare. An
   identity number belongs to one person, so a few spellings and dates are typing errors. #}
{% macro key_class() -%}
    case
        {%- for kind in identity_blocks() %}
        when kind = '{{ kind }}'
            then case when records > {{ identity_block_cap(kind) }} then 'capped' else 'open' end
        {%- endfor %}
        when
            birth_dates > {{ var('identity_junk_people') }}
            or first_names > {{ var('identity_junk_people') }}
            or records > {{ var('identity_block_cap') }}
            then 'junk'
        when kind = 'identifier'
            then case when birth_dates > 2 and first_names > 2 then 'shared' else 'personal' end
        when
            birth_dates > 2
            or birth_dates > 1 and first_names > 1
            or birth_dates < 2 and first_names > 2
            then 'shared'
        else 'personal'
    end
{%- endmacro %}
