{# A normalised phone (see fold_text) as digits, with the + if it has one: without extension, label
   and punctuation. Null if it contains anything else. #}
{% macro phone_digits(folded) -%}
    {%- set bare -%}
        translate(
            regexp_replace(
                regexp_replace(
                    regexp_replace({{ folded }}, '^[a-z .-]+[:. ]*', ''),
                    '[ ,;/]*(extension|ext|ramal|anexo|interno|poste|x|#|;).*$', ''
                ),
                '^([+(0-9][0-9 ().-]{8,}) (/|or|ou|oder|e|y) .*$', '\1'
            ),
            ' ()[]-./', ''
        )
    {%- endset -%}
    case
        when {{ folded }} is null or {{ folded }} = '' or length({{ folded }}) > 60 then null
        when {{ regexp_like(folded, '^[0-9]+$') }} then {{ folded }}
        when {{ regexp_like(folded, '[^0-9 +().-]') }}
            then case when {{ regexp_like(bare, '^[+]?[0-9]+$') }} then {{ bare }} end
        else translate({{ folded }}, ' ()-.', '')
    end
{%- endmacro %}
