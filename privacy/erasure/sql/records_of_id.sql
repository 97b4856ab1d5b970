-- The records that have the customer ID that this record has, or had last.
with current_ids as (
    select
        affiliate_id,
        affiliate_customer_id,
        arg_max(customer_id, _seq) filter (customer_id is not null) as last_id,
        arg_max(coalesce(customer_id::text, ''), _seq) as customer_id
    from {assignments}
    group by affiliate_id, affiliate_customer_id
)

select
    others.affiliate_id,
    others.affiliate_customer_id
from current_ids as others
where
    (others.affiliate_id = $affiliate and others.affiliate_customer_id = $customer)
    or others.customer_id = (
        select this.last_id
        from current_ids as this
        where this.affiliate_id = $affiliate and this.affiliate_customer_id = $customer
    )
