select
    row_index,
    case
        when fault is null and not is_bad and body is not null
            then
                '{{'
                || array_to_string([to_json(p[1]) || ':' || to_json(p[2]) for p in pairs], ',')
                || ',"data":' || body || '}}'
    end as document,
    case
        when value is null or fault is not null then fault
        when is_bad then 'bad_headers'
        when body is null then 'invalid_json'
    end as fault
from (
    select
        row_index,
        value,
        fault,
        pairs,
        case when json_valid(body) then body end as body,
        pairs is null
        or len(list_filter(
            pairs, lambda p: p[2] is null or not regexp_full_match(p[1], '[a-z0-9]+')
        )) > 0 as is_bad
    from (
        select
            row_index,
            value,
            fault,
            coalesce(document, try(decode(value))) as body,
            try([
                [
                    case when h.key = 'content-type' then 'datacontenttype' else h.key[4:] end,
                    decode(h.value)
                ]
                for h in headers
                if starts_with(h.key, 'ce_') or h.key = 'content-type'
            ]) as pairs
        from messages
    ) as attributes
) as checked
