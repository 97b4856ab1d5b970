select
    tbl,
    col,
    'phone' as kind,
    count(distinct value) as found
from release_text
where not opaque and regexp_matches(value, '{phone}')
group by tbl, col
