-- IDs are unique within a source: rows of one affiliate from two sources would be mixed up
-- unnoticed. An affiliate that moves is first deleted in its old source.
select
    affiliate_id,
    count(*) as sources
from (
    select
        affiliate_id,
        source_name
    from {{ ref('stg_oltp__affiliate_sources') }}
    where is_held
    union
    select
        affiliate_id,
        source_name
    from {{ ref('stg_oltp__affiliate_customers') }}
) as held
group by affiliate_id
having count(*) > 1
