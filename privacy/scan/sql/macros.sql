-- How values are compared: "Maria-José  GARCÍA" and "maria_jose garcia" are the same phrase.
create or replace temp macro phrase(v) as trim(
    regexp_replace(lower(strip_accents(v)), '[^\p{{L}}\p{{N}}]+', ' ', 'g')
);
create or replace temp macro digits(v) as regexp_replace(v, '[^0-9]', '', 'g');
create or replace temp macro code(v) as regexp_replace(upper(v), '[^0-9A-Z]', '', 'g');
create or replace temp macro handle(v) as ltrim(lower(trim(v)), '@');
-- all runs of at least two words
create or replace temp macro runs(words) as flatten(list_transform(
    range(2, {longest_phrase} + 1),
    lambda n: list_transform(
        range(1, greatest(len(words) - n + 2, 1)),
        lambda i: array_to_string(words[i:i + n - 1], ' ')
    )
));
-- values in a JSON document that may be an official number
create or replace temp macro numbers_in(v) as list_filter(
    list_append(
        json_extract_string(case when json_valid(v) then v end, '$.**'),
        json_extract_string(case when json_valid(v) then v end, '$')
    ),
    lambda one: length(code(one)) >= 6 and regexp_matches(one, '^[^\[{{]*[0-9]')
);
