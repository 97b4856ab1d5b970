select
    {columns},
    -- rewritten files store the entry number of each row; in other files all rows have the file's
    coalesce(_seq, list_extract([{entry_numbers}]::bigint[], (file_index + 1)::bigint)) as _seq
from (
    select
        *,
        file_index,
        file_row_number
    from read_parquet([{paths}], union_by_name = true)
    union all by name
    select
        {nulls},
        null::bigint as _seq
    where false
) as files
