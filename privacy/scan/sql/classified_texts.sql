-- Distinct texts of the release with their columns. Opaque ones are hashes and encoded values.
select
    tbl,
    col,
    v as value,
    rows,
    length(v) >= 16 and regexp_matches(v, {opaque}) as opaque,
    g
from {texts}
