{# Text as it is compared: NFKC-like, lower case, without accents and invisible characters, single
   blanks, trimmed. Four paths to one result: most values are plain ASCII, most others Latin, and
   the full table is slow. #}
{% macro fold_text(value, table=none) -%}
    {%- set table = table or fold_table() -%}
    {%- set ligatures = {'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'ĳ': 'ij'} -%}
    {%- set blanks -%}
        [{{ character_ranges([
            (1, 32), (127, 160), (5760, 5760), (8192, 8202), (8232, 8233), (8239, 8239), (8287, 8287),
            (12288, 12288)
        ]) }}]+
    {%- endset -%}
    {#- combining accents, points and harakat, joiners, direction marks, variation selectors -#}
    {%- set invisible -%}
        [{{ character_ranges([
            (173, 173), (768, 879), (1425, 1469), (1471, 1471), (1473, 1474), (1552, 1562), (1564, 1564),
            (1600, 1600), (1611, 1631), (6068, 6069), (6155, 6158), (6832, 6911), (7616, 7679),
            (8203, 8207), (8234, 8238), (8288, 8303), (8400, 8447), (65024, 65039), (65056, 65071),
            (65279, 65279), (917504, 921599)
        ]) }}]+
    {%- endset -%}
    {%- set visible -%} regexp_replace({{ value }}, '{{ invisible }}', '', 'g') {%- endset -%}
    case
        when not {{ regexp_like(value, '[^\\x21-\\x7e ]|  |^ | $') }} then {{ ascii_lower(value) }}
        when {{ is_ascii(value) }}
            then trim(regexp_replace({{ ascii_lower(value) }}, '[\x01-\x20\x7f]+', ' ', 'g'))
        when not {{ regexp_like(value, '[^\\x01-\\x7fÀ-ÖØ-öø-ſ]') }}
            then
                trim(regexp_replace(
                    {{ spelt_out(fold_latin_letters(value, table), ligatures) }}, '[\x01-\x20\x7f]+', ' ', 'g'
                ))
        else
            trim(regexp_replace(
                {{ spelt_out(fold_letters(visible, table), dict(ligatures, **{
                    'ǆ': 'dz', 'ǳ': 'dz', 'ǉ': 'lj', 'ǌ': 'nj', 'ﬀ': 'ff', 'ﬁ': 'fi', 'ﬂ': 'fl',
                    'ﬃ': 'ffi', 'ﬄ': 'ffl', 'ﬅ': 'st', 'ﬆ': 'st', '№': 'no', 'ⅱ': 'ii', 'ⅲ': 'iii', 'ⅳ': 'iv',
                })) }}, '{{ blanks }}', ' ', 'g'
            ))
    end
{%- endmacro %}

{# The text with each key of `spellings` replaced by its value, which may be longer. The linter
   cannot read calls nested this deep: for it the text is unchanged. #}
{% macro spelt_out(value, spellings) -%}
    {%- set text = namespace(sql=value) -%}
    {%- for typed, plain in spellings.items() if target.name != 'offline' -%}
        {%- set text.sql = "replace(" ~ text.sql ~ ", '" ~ typed ~ "', '" ~ plain ~ "')" -%}
    {%- endfor -%}
    {{ text.sql }}
{%- endmacro %}
