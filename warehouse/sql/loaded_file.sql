-- The rows of a file by the entry that landed them.
select
    {file_path} as path,
    seq,
    {checksum} as sha256,
    row_count,
    landed_at,
    source
from {counts}
