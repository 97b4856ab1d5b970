-- Customers of an affiliate's file who qualify, and present members whether they qualify or not.
select * from (
    select
        c.affiliate,
        c.customer_id as member,
        {condition} as in_rule,
        {has_consents} as consents,
        coalesce(c.age < {adult_age}, false) as is_minor,
        i.last_contact_at,
        {sent_values} as sent,
        {shown_values} as shown
    from {customers}
) as customers
where {is_wanted}
