{# An address (see email_text) in the syntax that mailboxes have, which is narrower than the
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

{# Domain and mailbox of an address. Plus parts are the reader's own labels everywhere; which
   providers ignore dots or have several domains says the seed identity_mail_providers. #}
{% macro email_domain(address) -%}
    split_part({{ address }}, '@', 2)
{%- endmacro %}

{% macro email_mailbox(address) -%}
    split_part(split_part({{ address }}, '@', 1), '+', 1)
{%- endmacro %}
