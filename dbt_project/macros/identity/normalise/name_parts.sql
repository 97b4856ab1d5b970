{# Parts of a name in its natural order (see name_in_order). #}

{# The name without initials at its end: "ana lima s" is "ana lima". #}
{% macro name_without_last_initials(plain) -%}
    case
        when {{ regexp_like(plain, ' [a-zα-ωа-я]$') }}
            then regexp_replace({{ plain }}, '( [a-zα-ωа-я])+$', '')
        else {{ plain }}
    end
{%- endmacro %}

{# The first word, which may be an initial. Null if the name is that of two people, begins with a
   particle, or is a surname after a title ("Mr Lima"). #}
{% macro first_name(plain, core, words) -%}
    case
        when {{ regexp_like(plain, '(^(da|das|de|del|der|dos|von) )|(^| )(' ~ name_words('joint') ~ ') ') }}
            then null
        when {{ core }} not like '% %' and {{ is_surname_behind_title(words) }} then null
        else nullif(split_part({{ core }}, ' ', 1), '')
    end
{%- endmacro %}

{# The last word that is not an initial; null if that is the first name. #}
{% macro surname(core, words) -%}
    case
        when {{ core }} like '% %' or {{ is_surname_behind_title(words) }}
            then nullif(split_part({{ core }}, ' ', -1), '')
    end
{%- endmacro %}

{% macro is_surname_behind_title(words) -%}
    (is_name_formal and {{ regexp_like(words, '^(' ~ name_words('title_of_surname') ~ ') ') }})
{%- endmacro %}

{# Words between first name and surname, and initials after them, without particles. #}
{% macro middle_name(plain, core, first, last) -%}
    case
        when {{ first }} is null or {{ plain }} = {{ first }} then null
        when length({{ plain }}) = length({{ first }}) + 1 + length({{ last }}) then null
        else
            nullif(trim(regexp_replace(regexp_replace(
                ' '
                || replace(
                    substr(
                        {{ core }},
                        length({{ first }}) + 2,
                        greatest(length({{ core }}) - length({{ first }}) - coalesce(length({{ last }}), 0) - 1, 0)
                    ) || substr({{ plain }}, length({{ core }}) + 1),
                    ' ', '  '
                )
                || ' ',
                ' ({{ name_words("particle") }}) ', ' ', 'g'
            ), ' +', ' ', 'g')), '')
    end
{%- endmacro %}
