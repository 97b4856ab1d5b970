{# A normalised gender (see fold_text) as female, male or other; null for anything else. Numbers are
   not used: 1 means male in some systems and female in others. #}
{% macro gender_code(folded) -%}
    case replace({{ folded }}, '.', '')
        {%- for code, spellings in {
            'female': [
                'f', 'w', 'female', 'woman', 'fem', 'feminino', 'feminina', 'mulher', 'femenino', 'mujer',
                'feminin', 'femme', 'weiblich', 'frau', 'donna', 'femmina', 'vrouw', 'kvinna', 'kvinde',
                'kobieta', 'kadin', 'женскии', 'жен', 'ж', 'γυναικα', '女', '女性', '여성', '여', 'انثي'
            ],
            'male': [
                'm', 'h', 'male', 'man', 'masc', 'masculino', 'homem', 'hombre', 'masculin', 'homme',
                'mannlich', 'mann', 'herr', 'uomo', 'maschio', 'mezczyzna', 'erkek', 'мужскои', 'муж', 'м',
                'ανδρασ', '男', '男性', '남성', '남', 'ذكر'
            ],
            'other': [
                'x', 'd', 'o', 'other', 'diverse', 'divers', 'non-binary', 'non binary', 'nonbinary',
                'nao-binario', 'outro', 'otro', 'autre'
            ]
        }.items() -%}
            {%- for spelling in spellings %}
        when '{{ spelling }}' then '{{ code }}'
            {%- endfor -%}
        {%- endfor %}
    end
{%- endmacro %}
