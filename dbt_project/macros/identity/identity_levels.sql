{# Levels of agreement per field: level → condition over the rows `a` and `b` of
   int_identity__match_records. The first true condition gives the level; `missing` has no weight.
   Every other level has its weight in seed identity_weights; training (`affiliate identity train`)
   uses the same conditions. Only Levenshtein, because every engine has it. A reversed name must
   match in both parts; a single-word name can be either part. #}
{% macro identity_levels() -%}
    {{ return({
        'first_name': [
            ('missing', 'a.first_name is null or b.first_name is null'),
            ('exact', 'a.first_name = b.first_name and length(a.first_name) > 1'),
            ('nickname', "strpos(a.name_variants, ' ' || b.first_name || ' ') > 0"),
            ('initial', '(length(a.first_name) = 1 or length(b.first_name) = 1)'
                ~ ' and left(a.first_name, 1) = left(b.first_name, 1)'),
            ('reversed', 'coalesce(a.first_name = b.surname, a.surname = b.first_name)'
                ~ ' and coalesce(a.surname = b.first_name, a.first_name = b.surname)'),
            ('swapped', 'a.first_name = b.surname or a.surname = b.first_name'),
            ('middle', 'a.first_name = b.middle_name or a.middle_name = b.first_name'),
            ('one_edit', 'least(length(a.first_name), length(b.first_name)) >= 4'
                ~ ' and ' ~ is_one_edit('a.first_name', 'b.first_name', 12)),
            ('two_edits', 'least(length(a.first_name), length(b.first_name)) >= 5'
                ~ ' and ' ~ edit_distance('a.first_name', 'b.first_name') ~ ' = 2'),
            ('different', 'true')
        ],
        'surname': [
            ('missing', 'a.surname is null or b.surname is null'),
            ('exact', 'a.surname = b.surname'),
            ('reversed', 'coalesce(a.first_name = b.surname, a.surname = b.first_name)'
                ~ ' and coalesce(a.surname = b.first_name, a.first_name = b.surname)'),
            ('swapped', 'a.first_name = b.surname or a.surname = b.first_name'),
            ('one_edit', 'least(length(a.surname), length(b.surname)) >= 4'
                ~ ' and ' ~ is_one_edit('a.surname', 'b.surname', 12)),
            ('two_edits', 'least(length(a.surname), length(b.surname)) >= 5'
                ~ ' and ' ~ edit_distance('a.surname', 'b.surname') ~ ' = 2'),
            ('different', 'true')
        ],
        'birth_date': [
            ('missing', 'a.birth_date is null or b.birth_date is null'),
            ('exact', 'a.birth_date = b.birth_date'),
            ('swapped', "a.birth_text = left(b.birth_text, 4) || right(b.birth_text, 2) || substr(b.birth_text, 5, 2)"),
            ('one_edit', is_one_edit('a.birth_text', 'b.birth_text', 8)),
            ('other_year', 'right(a.birth_text, 4) = right(b.birth_text, 4)'
                ~ ' and abs(extract(year from a.birth_date) - extract(year from b.birth_date)) <= 10'),
            ('two_edits', edit_distance('a.birth_text', 'b.birth_text') ~ ' = 2'),
            ('different', 'true')
        ],
        'email': [
            ('missing', "a.email_key is null or b.email_key is null"),
            ('junk', "a.email_key = b.email_key and a.email_class = 'junk'"),
            ('shared', "a.email_key = b.email_key and a.email_class = 'shared'"),
            ('exact', 'a.email_key = b.email_key'),
            ('mailbox', "split_part(a.email_key, '@', 1) = split_part(b.email_key, '@', 1)"),
            ('different', 'true')
        ],
        'phone': [
            ('missing', "a.phone_key is null or b.phone_key is null"),
            ('junk', "a.phone_key = b.phone_key and a.phone_class = 'junk'"),
            ('shared', "a.phone_key = b.phone_key and a.phone_class = 'shared'"),
            ('exact', 'a.phone_key = b.phone_key'),
            ('one_edit', is_one_edit('a.phone_key', 'b.phone_key', 12)),
            ('different', 'true')
        ],
        'identifier': [
            ('missing', "a.identifier_key is null or b.identifier_key is null"),
            ('junk', "a.identifier_key = b.identifier_key and a.identifier_class = 'junk'"),
            ('shared', "a.identifier_key = b.identifier_key and a.identifier_class = 'shared'"),
            ('exact', 'a.identifier_key = b.identifier_key'),
            ('one_edit', is_one_edit('a.identifier_key', 'b.identifier_key', 12)),
            ('two_edits', edit_distance('a.identifier_key', 'b.identifier_key') ~ ' = 2'),
            ('different', 'true')
        ],
        'postal_code': [
            ('missing', 'a.postal_code is null or b.postal_code is null'),
            ('household', 'a.postal_code = b.postal_code and a.surname = b.surname'),
            ('exact', 'a.postal_code = b.postal_code'),
            ('one_edit', 'length(a.postal_code) >= 4'
                ~ ' and ' ~ is_one_edit('a.postal_code', 'b.postal_code', 8)),
            ('different', 'true')
        ],
        'gender': [
            ('missing', "a.gender is null or b.gender is null"),
            ('same', 'a.gender = b.gender'),
            ('different', 'true')
        ]
    }) }}
{%- endmacro %}
