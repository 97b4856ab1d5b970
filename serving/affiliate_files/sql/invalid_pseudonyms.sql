with published as (
    select distinct
        g,
        v
    from {column_values}
    where v is not null
)

select count(*)
from published
anti join {ids} as ids
    on
        cast(published.v as varchar) = ids.pseudonym
        and ids.kind = {kind}
        and published.g = cast(ids.{affiliate} as varchar)
