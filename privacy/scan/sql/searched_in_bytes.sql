-- Names and streets of one word are common words, and single postal codes are plain numbers.
select
    kind,
    trim(written) as written
from personal
where
    kind in ('email', 'phone', 'identifier')
    or (kind in ('name', 'street') and phrase(written) in (select value from known_phrase))
    or (kind = 'handle' and starts_with(trim(written), '@'))
    or (
        kind = 'birth_date'
        and try_cast(written as date) < (select first_day from business_start)
    )
