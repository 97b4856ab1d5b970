-- Share of records that have each name, for names that enough records have.
with counted as (
    select
        {field} as name,
        count(*) as bearers,
        sum(count(*)) over () as known
    from wh.identity.int_identity__match_records
    where {field} is not null
    group by {field}
)

select
    name,
    bearers / known as frequency
from counted
where length(name) > 1 and bearers >= {least_bearers}
