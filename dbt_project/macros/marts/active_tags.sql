{# Query of the codes of the tags that each subject has at as_of, as one sorted list. #}
{% macro active_tags(subject, tags) -%}
    select
        {{ subject_columns(subject) }},
        {{ text_list('tag_code') }} as tags
    from {{ tags }}
    where is_active and tag_code is not null
    group by {{ subject_columns(subject) }}
{%- endmacro %}
