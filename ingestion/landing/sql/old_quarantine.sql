select
    file_index,
    file_row_number
from {landed}
where _seq <= {last_old_entry}
