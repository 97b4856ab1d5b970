-- Customers who qualify for an audience of higher priority.
update standing
set
    out = 'cap',
    rival = $rival
from rival_standing
where
    standing.out is null
    and rival_standing.out is null
    and standing.affiliate_id = rival_standing.affiliate_id
    and standing.record_id = rival_standing.record_id
