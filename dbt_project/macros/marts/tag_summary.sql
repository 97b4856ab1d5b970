{# Query of a subject's tags, one row per tag, from their intervals. #}
{% macro tag_summary(subject, intervals) -%}
    select
        {{ subject_columns(subject) }},
        tag_key,
        tag_code,
        tag_group,
        tag_label,
        sensitivity,
        {{ value_at_lowest('raw_tag', 'newness') }} as raw_tag,
        {{ value_at_lowest('source', 'newness') }} as source,
        min(started_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        min(case when removed_at is null then started_at end) as active_since,
        case when count(removed_at) = count(*) then max(removed_at) end as removed_at,
        count(removed_at) < count(*) as is_active,
        sum(assigned_count) as assigned_count,
        count(distinct affiliate_id) as affiliates_with_tag
    from (
        select
            *,
            row_number() over (
                partition by {{ subject_columns(subject) }}, tag_key
                order by
                    last_seen_at desc, affiliate_id, affiliate_customer_id, interval_no desc
            ) as newness
        from {{ rows_of(subject, intervals) }} as intervals
    ) as ranked
    group by
        {{ subject_columns(subject) }}, tag_key, tag_code, tag_group, tag_label, sensitivity
{%- endmacro %}
