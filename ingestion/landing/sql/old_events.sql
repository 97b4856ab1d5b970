-- Messages without a Kafka timestamp are as old as the entry that landed them.
select
    file_index,
    file_row_number
from {landed} as landed
where
    {is_validated}
    and coalesce(landed.timestamp < {before}::timestamptz, landed._seq <= {last_old_entry})
