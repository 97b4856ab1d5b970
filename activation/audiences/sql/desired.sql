-- What every destination should hold: the members of the treatment group.
select
    standing.affiliate,
    standing.member as key,
    cast(
        json_merge_patch(
            json_object(
                'entered_at', strftime(members.entered_at, '%Y-%m-%dT%H:%M:%SZ'),
                'entry_number', cast(members.entry_number as varchar)
            ),
            standing.sent
        ) as varchar
    ) as sent
from membership as members
inner join standing
    on
        members.affiliate_id = standing.affiliate_id
        and members.record_id = standing.record_id
where members.exited_at is null and members.arm = 'treated'
