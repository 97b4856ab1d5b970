-- Messages with the reason why they are invalid; null for valid ones. Each step reads further only
-- where the one before found nothing.
with texts as (
    select
        *,
        coalesce(document, try(decode(value))) as text
    from {messages}
),

formed as (
    select
        *,
        case
            when value is null then 'tombstone'
            when fault is not null then fault
            when octet_length(value) > {largest} or strlen(document) > {largest} then 'too_large'
            when text is null then 'invalid_utf8'
            when contains(text, chr(0)) then 'nul_character'
            when contains(text, '\u0000') and regexp_matches(text, {nul_escape})
                then 'nul_character'
            when not json_valid(text) then 'invalid_json'
            when
                strlen(text) > {most_nested}
                and length(text) - length(translate(text, '[{{', '')) > {most_nested}
                then 'too_nested'
            when json_type(text) <> 'OBJECT' then 'not_an_object'
            when regexp_matches(text, {suspect}) then
                case
                    when regexp_matches({text_without_strings}, {not_json}) then 'invalid_json'
                    when regexp_matches({text_without_strings}, {huge_number}) then 'invalid_number'
                end
        end as form
    from texts
),

documents as (
    select
        * exclude (text),
        case when form is null then text end as whole
    from formed
),

parsed as (
    select
        *,
        json_keys(whole, ['$', '$.data']) as names,
        json_type(whole, {paths}) as kinds,
        json_extract_string(whole, {paths}) as texts
    from documents
)

select
    * exclude (form, whole, names, kinds, texts),
    coalesce(
        form,
        case
            when whole is null then null
            when list_unique(names[1]) < len(names[1]) or list_unique(names[2]) < len(names[2])
                then 'duplicate_keys'
            else {reason_by_schema}
        end
    ) as reason
from parsed
