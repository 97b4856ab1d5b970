-- Distinct known whole numbers of 9 digits or more; null below 1 % of them.
select case when count(k.value) * 100 > count(*) then count(k.value) end as known
from (
    select distinct try_cast(abs(v) as hugeint) as n
    from {column_values}
    where abs(v) >= 100000000 and v = round(v)
) as q
left join known_digits as k on cast(q.n as varchar) = k.value
