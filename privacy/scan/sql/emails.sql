select
    tbl,
    col,
    'email' as kind,
    count(distinct value) as found
from release_text
where
    regexp_matches(value, '{email}')
    or (contains(value, '@') and lower(trim(value)) in (select value from known_email))
group by tbl, col
