select
    {affiliate},
    rowid as row_number,
    unnest({list_column}) as e,
    generate_subscripts({list_column}, 1) as ordinal
from {source_rows}
