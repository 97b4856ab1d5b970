-- Members who leave at this run, with the reason. A member without a row in `standing` is in no
-- file of the release any more, so the record was erased.
with erasures as (
    select distinct
        affiliate_id,
        record_id
    from erased
)

select
    members.affiliate_id,
    members.record_id,
    case
        when standing.member is null then 'erased'
        else coalesce(standing.out, 'holdout')
    end as reason,
    coalesce(standing.out in {protective}, erasures.affiliate_id is not null) as is_protective
from membership as members
left join standing
    on
        members.affiliate_id = standing.affiliate_id
        and members.record_id = standing.record_id
left join erasures
    on
        members.affiliate_id = erasures.affiliate_id
        and members.record_id = erasures.record_id
where
    members.exited_at is null
    and (standing.member is null or standing.out is not null or standing.arm <> members.arm)
