-- Candidates that are a whole text of the file.
with texts as (
    select value from own_text
    where g = $file_group
    union all
    select value from release_text
    where g = $file_group
)

select distinct encode(value) as piece
from texts
semi join candidate on encode(value) = candidate.piece
