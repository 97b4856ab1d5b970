-- A list column by row, with pseudonyms inside its structs, in the original order of the list.
select
    row_number,
    list_transform(
        list_sort(list(struct_pack(ordinal := ordinal, v := struct_pack({fields})))),
        lambda x: x.v
    ) as v
from {entries_and_ids}
group by row_number
