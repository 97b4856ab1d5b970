-- Records that were contacted and deals that were decided since the release.
select
    affiliate_id,
    record_id,
    null as deal_id
from followed_up
where seq > $known or happened_at > $as_of

union

select
    affiliate_id,
    null as record_id,
    json_extract_string(data, '$.deal_id') as deal_id
from funnel
where type in ('DealWon', 'DealLost') and (seq > $known or happened_at > $as_of)
