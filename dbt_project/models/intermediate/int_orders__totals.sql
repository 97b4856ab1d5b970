select
    affiliate_id,
    order_id,
    count(*) as lines_count,
    sum(quantity) as items_quantity,
    cast(sum(gross_amount) as decimal(18, 2)) as gross_amount,
    cast(sum(line_discount_amount) as decimal(18, 2)) as line_discount_amount,
    cast(sum(refund_amount) as decimal(18, 2)) as refund_amount
from {{ ref('int_orders__lines') }}
where has_header
group by affiliate_id, order_id
