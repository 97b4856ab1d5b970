-- Records whose cluster consists of other records in one partition than in the other.
with former as (
    select
        *,
        count(*) over (partition by cluster_id) as records
    from {former}
),

latest as (
    select
        *,
        count(*) over (partition by cluster_id) as records
    from {latest}
),

cells as (
    select
        former.records as former_records,
        latest.records as latest_records,
        count(*) as common
    from former
    inner join latest on former.record_id = latest.record_id
    group by former.cluster_id, latest.cluster_id, former.records, latest.records
)

select coalesce(sum(common), 0)::bigint
from cells
where former_records <> common or latest_records <> common
