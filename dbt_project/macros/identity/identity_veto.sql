{# Why two records cannot be one person whatever else agrees; null if nothing speaks against it.
   Numbers are mistyped and copied from the wrong line: a different number is not a veto if first
   name and birth date agree, and surname or postal code with them. The same personal number is
   stronger than a name or a date, even with one typing error in it. #}
{% macro identity_veto() -%}
    case
        when
            a.identifier_key <> b.identifier_key
            and a.identifier_type = b.identifier_type
            and {{ edit_distance('a.identifier_key', 'b.identifier_key') }} > 2
            and not (
                {{ field_level('birth_date') }} in ('exact', 'swapped', 'one_edit')
                and {{ field_level('first_name') }} <> 'different'
                and (
                    {{ field_level('surname') }} <> 'different'
                    or a.postal_code is not distinct from b.postal_code
                )
            )
            then 'identifier_conflict'
        when a.identifier_key = b.identifier_key and a.identifier_class = 'personal' then null
        when {{ is_number_mistyped() }} then null
        when
            a.first_name = b.first_name and a.surname = b.surname
            and (
                a.name_suffix <> b.name_suffix
                or a.name_suffix is distinct from b.name_suffix
                and coalesce(a.birth_date <> b.birth_date, true)
                or abs(extract(year from a.birth_date) - extract(year from b.birth_date)) >= 14
                and right(a.birth_text, 4) <> right(b.birth_text, 4)
            )
            then 'father_and_son'
        when
            a.birth_date = b.birth_date and a.surname = b.surname
            and {{ has_other_first_name() }}
            then 'twins'
        -- twins too, if one name was written in reverse order
        when
            a.birth_date = b.birth_date
            and (
                a.surname = b.first_name
                and {{ edit_distance('a.first_name', 'b.surname') }} > 2
                or a.first_name = b.surname
                and {{ edit_distance('a.surname', 'b.first_name') }} > 2
            )
            and a.first_name <> b.first_name
            and a.surname <> b.surname
            then 'twins'
        -- a family shares mailbox, phone, home and surname, so all of these together prove no
        -- more than that; a single letter may be the initial of a name whose short form is the
        -- other one
        when
            {{ has_other_first_name() }}
            and least(length(a.first_name), length(b.first_name)) > 1
            and {{ field_level('birth_date') }} in ('missing', 'two_edits', 'different')
            and {{ field_level('identifier') }} in ('missing', 'junk', 'different')
            then 'household'
    end
{%- endmacro %}

{# Whether two records have different first names. Up to two edits are typing errors, and so is the
   start of a name. #}
{% macro has_other_first_name() -%}
    {{ field_level('first_name') }} = 'different'
    and strpos(a.first_name, b.first_name) <> 1 and strpos(b.first_name, a.first_name) <> 1
    and (
        left(a.first_name, 1) <> left(b.first_name, 1)
        or {{ edit_distance('a.first_name', 'b.first_name') }} > 2
    )
{%- endmacro %}

{# Whether two numbers are the same with one typing error. Numbers of twins may be consecutive, and
   then differ at their end. #}
{% macro is_number_mistyped() -%}
    {{ field_level('identifier') }} = 'one_edit'
    and not (
        length(a.identifier_key) = length(b.identifier_key)
        and left(a.identifier_key, length(a.identifier_key) - 2)
        = left(b.identifier_key, length(b.identifier_key) - 2)
        and right(a.identifier_key, 2) <> reverse(right(b.identifier_key, 2))
    )
{%- endmacro %}
