{# The first given name of a folded full name (see fold_text): of "last, first" what follows the
   comma. Null if nothing but punctuation is left. #}
{% macro first_name_key(folded) -%}
    nullif(
        regexp_replace(
            split_part(
                trim(
                    case
                        when {{ folded }} like '%,%' then split_part({{ folded }}, ',', 2)
                        else {{ folded }}
                    end
                ), ' ', 1
            ), '[-.,;:_"()0-9]|''', '', 'g'
        ), ''
    )
{%- endmacro %}
