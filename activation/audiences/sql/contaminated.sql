-- Control customers who were contacted in their window, by a follow-up or by another audience.
select count(*)
from subject
where
    subject.arm = 'held'
    and (
        exists (
            select 1
            from followed_up
            inner join person
                on
                    followed_up.affiliate_id = person.affiliate_id
                    and followed_up.record_id = person.record_id
            where
                person.person_id = subject.person_id
                and followed_up.happened_at
                between subject.entered_at and subject.entered_at + to_days($days)
        )
        or exists (
            select 1
            from elsewhere
            inner join person
                on
                    elsewhere.affiliate_id = person.affiliate_id
                    and elsewhere.record_id = person.record_id
            where
                person.person_id = subject.person_id
                and elsewhere.arm = 'treated'
                and elsewhere.entered_at <= subject.entered_at + to_days($days)
                and coalesce(elsewhere.exited_at, subject.entered_at) >= subject.entered_at
        )
    )
