select
    {affiliate},
    kind,
    previous,
    pseudonym
from {ids}
order by {sort_key}
