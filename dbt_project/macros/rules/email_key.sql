{# A folded e-mail (see fold_text) as a key, without what the provider ignores: plus parts, and the
   dots of Gmail. Null if it has not the syntax of an address. #}
{% macro email_key(folded) -%}
    {%- set syntax = '^[^@+ ,;:<>()]+([+][^@ ,;:<>()]*)?@[^@. ]+([.][^@. ]+)*[.][a-z]{2,}$' -%}
    {%- set local_part = "split_part(split_part(" ~ folded ~ ", '@', 1), '+', 1)" -%}
    {%- set domain = "split_part(" ~ folded ~ ", '@', 2)" -%}
    case
        when not {{ regexp_like(folded, syntax) }} then null
        when {{ domain }} in ('gmail.com', 'googlemail.com')
            then replace({{ local_part }}, '.', '') || '@gmail.com'
        else {{ local_part }} || '@' || {{ domain }}
    end
{%- endmacro %}
