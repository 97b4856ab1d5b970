{# Text as it is compared: NFKC-like, lower case, without accents, single blanks, trimmed.
   A table of our own because no two engines share a normaliser: DuckDB has no NFKC, PostgreSQL no
   accent stripping. It covers Latin letters, full-width forms, blanks and invisible characters; other
   scripts are only lowered. Pure ASCII, nearly every value, skips the table, which is slow. #}
{% macro fold_text(value) -%}
    {%- set letters = {
        'a': 'àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ',
        'b': 'ḃḅḇƀ',
        'c': 'çćĉċčḉ',
        'd': 'ďḋḍḏḑḓđð',
        'e': 'èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ',
        'f': 'ḟ',
        'g': 'ĝğġģǧǵḡ',
        'h': 'ĥȟḣḥḧḩḫẖħ',
        'i': 'ìíîïĩīĭįǐȉȋḭḯỉịı',
        'j': 'ĵǰ',
        'k': 'ķǩḱḳḵ',
        'l': 'ĺļľḷḹḻḽł',
        'm': 'ḿṁṃ',
        'n': 'ñńņňǹṅṇṉṋ',
        'o': 'òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợø',
        'p': 'ṕṗ',
        'r': 'ŕŗřȑȓṙṛṝṟ',
        's': 'śŝşšſșṡṣṥṧṩẛ',
        't': 'ţťțṫṭṯṱẗŧþ',
        'u': 'ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự',
        'v': 'ṽṿ',
        'w': 'ŵẁẃẅẇẉẘ',
        'x': 'ẋẍ',
        'y': 'ýÿŷȳẏẙỳỵỷỹ',
        'z': 'źżžẑẓẕƶ'
    } -%}
    {%- set source = namespace(kept='', blanks='', dropped='') -%}
    {%- set plain = namespace(kept='') -%}
    {%- for letter, variants in letters.items() -%}
        {%- set source.kept = source.kept ~ variants -%}
        {%- set plain.kept = plain.kept ~ letter * (variants | length) -%}
    {%- endfor -%}
    {#- full-width ASCII stands 0xFEE0 above its plain form; ' and \ would need quoting -#}
    {%- for code in range(33, 127) if code not in (39, 92) -%}
        {%- set source.kept = source.kept ~ '%c' | format(code + 65248) -%}
        {%- set plain.kept = plain.kept ~ ('%c' | format(code)) | lower -%}
    {%- endfor -%}
    {%- for code in [160, 5760, 8239, 8287, 12288] + range(8192, 8203) | list -%}
        {%- set source.blanks = source.blanks ~ '%c' | format(code) -%}
    {%- endfor -%}
    {#- combining accents, zero-width characters, soft hyphen, byte order mark -#}
    {%- for code in range(768, 880) | list + [173, 8203, 8204, 8205, 8288, 65279] -%}
        {%- set source.dropped = source.dropped ~ '%c' | format(code) -%}
    {%- endfor -%}
    {%- set lowered = 'lower(' ~ value ~ ')' -%}
    trim(regexp_replace(
        case
            when {{ regexp_like(value, '[^\\x01-\\x7f]') }}
                then
                    replace(replace(replace(translate(
                        {{ lowered }},
                        '{{ source.kept ~ source.blanks ~ source.dropped }}',
                        '{{ plain.kept ~ ' ' * (source.blanks | length) }}'
                    ), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')
            else {{ lowered }}
        end,
        '[ \t\r\n\f\v]+', ' ', 'g'
    ))
{%- endmacro %}
