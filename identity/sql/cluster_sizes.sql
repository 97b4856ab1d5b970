-- Number of customers by their number of records.
with sizes as (
    select count(*) as records
    from wh.identity.customer_xref
    group by customer_id
)

select
    records,
    count(*) as customers
from sizes
group by records
order by records
