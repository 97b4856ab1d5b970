{# Steps from the words of a name (see name_text) to its natural order. Each step takes the previous
   one's result; few names need them. #}

{# True if the words contain anything but first names and surnames in their natural order. #}
{% macro name_needs_care(words) -%}
    {%- set found = [
        'mc', name_words('birth_name'), name_words('title'), name_words('degree'), name_words('suffix'), name_words('iberian_suffix')
    ] | join('|') -%}
    {{ regexp_like(words, ',|(^| )(' ~ found ~ ')( |$)') }}
{%- endmacro %}

{# Words without titles before the name, and without degrees and the birth name after it. `sr` is a
   title before a name and a suffix after it. #}
{% macro name_without_titles(words) -%}
    regexp_replace(
        regexp_replace(
            {{ words }}, '(^|, )(({{ name_words("title") }}) )+', '\1', 'g'
        ),
        '([ ,]+({{ name_words("degree") }})'
        || '|, ({{ name_words("title") | replace("|sr|", "|") }})'
        || '|[ ,]+({{ name_words("birth_name") }}) [^,]*)+(,|$)',
        '\5', 'g'
    )
{%- endmacro %}

{# Generation suffix: jr, sr, ii, iii, iv, filho, hijo, neto, sobrinho; else null. Neto and similar
   words are surnames too: they need two words before them, or one before a comma. #}
{% macro name_suffix(untitled) -%}
    {%- set words = name_words('suffix') ~ '|' ~ name_words('iberian_suffix') -%}
    case when {{ regexp_like(untitled, '[ ,](' ~ words ~ ')(,|$)') }} then case coalesce(
        {{ regexp_group(untitled, '[ ,](' ~ name_words('suffix') ~ ')(?:,|$)') }},
        {{ regexp_group(untitled, '^[^ ,]+ [^,]*[^ ,] (' ~ name_words('iberian_suffix') ~ ')$') }},
        {{ regexp_group(untitled, '^[^,]*[^ ,] (' ~ name_words('iberian_suffix') ~ '),') }}
    )
        when 'junior' then 'jr' when 'jnr' then 'jr' when 'jr' then 'jr'
        when 'senior' then 'sr' when 'snr' then 'sr' when 'sr' then 'sr'
        when 'ii' then 'ii' when 'iii' then 'iii' when 'iv' then 'iv'
        when 'filho' then 'filho' when 'hijo' then 'hijo' when 'sobrinho' then 'sobrinho'
        when 'neto' then 'neto' when 'netto' then 'neto'
    end end
{%- endmacro %}

{# First names and surnames in natural order: "lima, ana, jr" is "ana lima". #}
{% macro name_in_order(untitled) -%}
    {%- set without_suffix -%}
        regexp_replace(
            regexp_replace(
                regexp_replace({{ untitled }}, '[ ,]+({{ name_words("suffix") }})(,|$)', '\2', 'g'),
                '^([^ ,]+ [^,]*[^ ,]) ({{ name_words("iberian_suffix") }})$', '\1'
            ),
            '^([^,]*[^ ,]) ({{ name_words("iberian_suffix") }}),', '\1,'
        )
    {%- endset -%}
    regexp_replace(
        replace(
            regexp_replace(trim({{ without_suffix }}, ' ,'), '^([^,]*), *(.*)$', '\2 \1'), ',', ''
        ),
        '(^| )mc ', '\1mc', 'g'
    )
{%- endmacro %}
