-- Distinct dates before the business started; null if they are too few to be birth dates.
select
    case
        when
            bool_or(day < first_day)
            or 5 * count(*) filter (where day < in_earnest) > count(*)
            then count(*) filter (where day < in_earnest or day < first_day)
    end as early
from (
    select distinct cast(v as date) as day
    from {column_values}
    where v is not null
) as days
cross join business_start
