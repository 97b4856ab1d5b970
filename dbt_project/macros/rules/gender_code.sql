{# A folded gender (see fold_text), in one of female, male, other, unknown. #}
{% macro gender_code(folded) -%}
    case
        when {{ folded }} in
            ('f', 'w', 'female', 'woman', 'fem', 'feminino', 'mulher', 'femenino', 'mujer', 'weiblich')
            then 'female'
        when {{ folded }} in
            ('m', 'male', 'man', 'masc', 'masculino', 'homem', 'hombre', 'mannlich')
            then 'male'
        when {{ folded }} in
            ('x', 'd', 'o', 'other', 'diverse', 'divers', 'non-binary', 'nonbinary', 'outro', 'otro')
            then 'other'
        else 'unknown'
    end
{%- endmacro %}
