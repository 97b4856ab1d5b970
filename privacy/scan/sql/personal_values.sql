select distinct
    one.kind,
    one.written,
    one.of_customers
from (
    select unnest({personal_values}) as one
    from {raw_table}
) as written_values
where trim(one.written) <> ''
