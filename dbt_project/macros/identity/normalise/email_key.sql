{# An address (see email_text) if it has the usual syntax of mailboxes, which is narrower than the
   standard's; null otherwise. #}
{% macro email_address(text) -%}
    case
        when
            length({{ text }}) <= 254
            and {{ regexp_like(
                text,
                "^[a-z0-9!#$%&''*/=?^_`{|}~-]+([.][a-z0-9!#$%&''*/=?^_`{|}~-]+)*([+][^@ ,;:<>()]*)?"
                ~ '@([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+([a-z]{2,}|xn--[a-z0-9-]+)$'
            ) }}
            then {{ text }}
    end
{%- endmacro %}

{# Domain and mailbox of an address. Plus parts are removed everywhere, as they are labels of the
   reader; seed identity_mail_providers lists the providers that ignore dots or have several
   domains. #}
{% macro email_domain(address) -%}
    split_part({{ address }}, '@', 2)
{%- endmacro %}

{% macro email_mailbox(address) -%}
    split_part(split_part({{ address }}, '@', 1), '+', 1)
{%- endmacro %}
