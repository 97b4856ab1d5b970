-- Net sales of each customer in the window after entry; null if an order has no exchange rate.
select
    subject.person_id,
    subject.arm,
    case
        when not coalesce(bool_or(sale.member is not null and sale.amount is null), false)
            then coalesce(sum(sale.amount), 0)
    end as amount
from subject
left join person on subject.person_id = person.person_id
left join sale
    on
        person.member = sale.member
        and subject.entered_at <= sale.sold_at
        and subject.entered_at + to_days($days) > sale.sold_at
where subject.is_over
group by subject.person_id, subject.arm
