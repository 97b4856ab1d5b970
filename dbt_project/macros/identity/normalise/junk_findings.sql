{# Query of the records of normalised_records with the findings of the junk list for e-mail, name
   and birth date. #}
{% macro junk_findings(records, junk) -%}
select
    records.*,
    case
        when coalesce(email_folded, '') = '' then 'missing'
        when
            junk_email.value is not null
            or junk_domain.value is not null
            or junk_mailbox.kind = 'placeholder_mailbox'
            or length(mailbox) <= 3 and mailbox = split_part(domain, '.', 1)
            or length(mailbox) >= 3 and replace(mailbox, left(mailbox, 1), '') = ''
            then 'placeholder'
        when email_address is null then 'invalid'
        when junk_mailbox.kind = 'mailbox' then 'role'
        else 'usable'
    end as email_kind,
    (
        junk_name.value is not null
        or junk_first_name.value is not null
        or junk_surname.value is not null
        or {{ regexp_like('name_words', '(^| )(' ~ name_words('organisation') ~ ')( |,|$)') }}
        or length(name_letters) > 2 and replace(name_letters, left(name_letters, 1), '') = ''
    ) as is_name_junk,
    {{ middle_name('name_plain', 'name_core', 'first_typed', 'surname_typed') }} as middle_typed,
    junk_date.value is null as is_birth_date_likely
from {{ records }} as records
left join {{ junk }} as junk_email
    on junk_email.kind = 'email' and records.email_folded = junk_email.value
left join {{ junk }} as junk_domain
    on junk_domain.kind = 'domain' and records.domain_typed = junk_domain.value
left join {{ junk }} as junk_mailbox
    on
        junk_mailbox.kind in ('mailbox', 'placeholder_mailbox')
        and rtrim(records.mailbox, '0123456789') = junk_mailbox.value
left join {{ junk }} as junk_name
    on junk_name.kind = 'name' and records.name_letters = junk_name.value
left join {{ junk }} as junk_first_name
    on junk_first_name.kind = 'name_part' and records.first_typed = junk_first_name.value
left join {{ junk }} as junk_surname
    on junk_surname.kind = 'name_part' and records.surname_typed = junk_surname.value
left join {{ junk }} as junk_date
    on junk_date.kind = 'birth_date' and cast(records.birth_date as text) = junk_date.value
{%- endmacro %}

{# Query of the values that identify no one: kind, value. #}
{% macro junk_values() -%}
    select
        kind,
        value
    from {{ ref('identity_junk_values') }}
    union all
    -- the one word that a seed cannot hold
    select
        kinds.kind,
        'null' as value
    from (values ('email'), ('name')) as kinds (kind)
{%- endmacro %}
