-- Events that name the erased records' IDs under another affiliate of the same source. Such an
-- event does not make anyone a customer, but it contains the person's data.
with erased as (
    select
        affiliate_id,
        customer_id as id
    from {records}
),

owned as (
    select distinct
        affiliate_id,
        id,
        _source
    from {customers}
    semi join erased using (affiliate_id, id)  -- noqa: ST07
),

affiliates as (
    select distinct
        id as affiliate_id,
        _source
    from {affiliates}
)

select distinct
    events.affiliate_id,
    events.customer_id
from {event_values} as events
inner join affiliates on events.affiliate_id = affiliates.affiliate_id
inner join owned
    on
        events.customer_id = owned.id
        and affiliates._source = owned._source
where events.affiliate_id <> owned.affiliate_id
