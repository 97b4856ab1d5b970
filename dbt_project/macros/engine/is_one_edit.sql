{# True if two texts differ by one edit: a character added, removed or replaced, or two neighbours
   swapped within the first `length` (Damerau distance, built on Levenshtein, the only one that all
   engines have). #}
{% macro is_one_edit(first, second, length) -%}
    case {{ edit_distance(first, second) }}
        when 1 then true
        when 2 then length({{ first }}) = length({{ second }}) and (
            {%- for place in range(1, length) %}
            {{ 'or ' if not loop.first }}{{ second }} = left({{ first }}, {{ place - 1 }}) || substr({{ first }}, {{ place + 1 }}, 1)
                || substr({{ first }}, {{ place }}, 1) || substr({{ first }}, {{ place + 2 }})
            {%- endfor %}
        )
        else false
    end
{%- endmacro %}
