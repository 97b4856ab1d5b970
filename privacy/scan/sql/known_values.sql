-- One table for each way of comparing. Short values are left out, because they occur by chance.
create or replace temp table vocabulary as
select distinct phrase(v) as value
from {words}
where v is not null;

create or replace temp table known_email as
select distinct lower(trim(written)) as value
from personal
where kind = 'email' and length(written) >= 6 and contains(written, '@');

create or replace temp table known_digits as
select
    ltrim(digits(written), '0') as value,
    min(kind) as kind
from personal
where
    length(ltrim(digits(written), '0')) >= 9
    and (
        kind = 'phone'
        or (kind in ('identifier', 'handle') and not regexp_matches(written, '[A-Za-z]'))
    )
group by all;

create or replace temp table known_code as
select distinct code(written) as value
from personal
where
    kind = 'identifier'
    and length(code(written)) >= 6
    and regexp_matches(code(written), '[A-Z]')
    and regexp_matches(code(written), '[0-9]');

create or replace temp table known_handle as
select
    handle(written) as value,
    bool_or(phrase(written) in (select value from vocabulary)) as is_word
from personal
where
    kind = 'handle'
    and length(handle(written)) >= 4
    and regexp_matches(written, '[A-Za-z]')
group by all;

create or replace temp table known_phrase as
with written_out as (
    select
        kind,
        of_customers,
        string_split(phrase(written), ' ') as words
    from personal
    where kind in ('name', 'street')
),

either_order as (
    select
        kind,
        of_customers,
        unnest([words, list_concat(words[-1:], words[:-2])]) as words
    from written_out
    where len(words) >= 2
)

select
    array_to_string(words, ' ') as value,
    min(kind) as kind,
    bool_or(of_customers) as of_customers
from either_order
group by array_to_string(words, ' ')
having length(value) >= 6;

-- a business is often a part of its own slug or brand: "Casa Verde" in "casa-verde-sp"
delete from known_phrase
where
    value in (select value from vocabulary)
    or (
        not of_customers
        and value in (select unnest(runs(string_split(value, ' '))) from vocabulary)
    );

create or replace temp table known_postal_code as
select distinct code(written) as value
from personal
where kind = 'postal_code' and length(code(written)) >= 4;

create or replace temp table known_city as
select distinct phrase(written) as value
from personal
where kind = 'city' and length(phrase(written)) >= 3;

create or replace temp table known_birth_date as
select distinct try_cast(written as date) as value
from personal
where kind = 'birth_date' and try_cast(written as date) is not null;
