-- The reason of a removal is that of the member's last exit.
update {changes} as changes
set reason = exits.reason
from (
    select
        affiliate,
        member,
        arg_max(exit_reason, entry_number) as reason
    from membership
    where exit_reason is not null
    group by affiliate, member
) as exits
where
    changes.operation = 'removed'
    and changes.affiliate = exits.affiliate
    and changes.key = exits.member
