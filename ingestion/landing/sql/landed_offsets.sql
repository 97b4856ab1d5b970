select
    {dataset_name} as dataset,
    coalesce(_quarantined, _seq) as entry,
    partition,
    "offset"
from {messages}
