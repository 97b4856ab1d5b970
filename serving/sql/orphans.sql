-- Rows whose parent is missing.
select count(*) as orphans
from {child} as c
anti join {parent} as p on c.{child_column} = p.{parent_column} and {is_same_group}
where c.{child_column} is not null
