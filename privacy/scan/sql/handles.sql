with words as (
    select
        tbl,
        col,
        handle(value) as word,
        false as is_marked
    from release_text

    union

    select
        tbl,
        col,
        handle(unnest(regexp_extract_all(lower(value), '@[\p{{L}}\p{{N}}._-]+'))) as word,
        true as is_marked
    from release_text
    where contains(value, '@')
)

select
    words.tbl,
    words.col,
    'handle' as kind,
    count(distinct words.word) as found
from words
inner join known_handle on words.word = known_handle.value
where words.is_marked or not known_handle.is_word
group by words.tbl, words.col
