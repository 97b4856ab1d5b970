-- Contacts that did not come from this affiliate's data about the same customer.
with landed as (
    select
        affiliate_id,
        cast(id as varchar) as id,
        {contact} as landed_contact
    from {customers}

    union all

    select
        affiliate_id,
        json_extract_string(data, '$.affiliate_customer_id') as id,
        json_extract_string(data, '$.{contact}') as landed_contact
    from {customer_events}
)

select count(*)
from {published} as published
inner join {ids} as ids
    on
        published.customer_id = ids.pseudonym
        and published.{affiliate} = ids.{affiliate}
        and ids.kind = 'customer'
anti join landed
    on
        ids.{affiliate} = landed.affiliate_id
        and ids.id = landed.id
        and published.{contact} = landed.landed_contact
where published.{contact} is not null
