-- Withdrawals that the release does not include. Without a channel or purpose a withdrawal covers
-- all of them, as does an opt-out in a follow-up.
select distinct
    affiliate_id,
    record_id,
    json_extract_string(data, '$.purpose') as purpose,
    lower(trim(json_extract_string(data, '$.channel'))) as channel
from consents
where type = 'ConsentWithdrawn' and (seq > $known or happened_at > $as_of)

union all

select distinct
    followed_up.affiliate_id,
    followed_up.record_id,
    null as purpose,
    null as channel
from followed_up
where
    followed_up.outcome = 'opted_out'
    and not exists (
        select 1
        from consents
        where
            consents.type = 'ConsentGranted'
            and consents.affiliate_id = followed_up.affiliate_id
            and consents.record_id = followed_up.record_id
            and consents.happened_at > followed_up.happened_at
    )
