{# A normalised e-mail (see fold_text) without what surrounds an address: "Ana <ana@post.example>",
   mailto:, quotes, a trailing full stop or comma. #}
{% macro email_text(folded) -%}
    case
        when {{ regexp_like(folded, '^[a-z0-9._+@-]*[a-z0-9]$') }} then {{ folded }}
        else
            regexp_replace(
                regexp_replace(
                    regexp_replace({{ folded }}, '^[^<>]*<([^<>]*)>[^<>]*$', '\1'),
                    '^[ "''(]*(mailto:|e-?mail:)? *', ''
                ),
                '[ .,;:"'')]+$', ''
            )
    end
{%- endmacro %}
