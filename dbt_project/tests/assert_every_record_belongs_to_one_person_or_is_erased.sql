select
    records.affiliate_id,
    records.affiliate_customer_id
from {{ ref('int_identity__records') }} as records
left join {{ ref('customer_xref') }} as xref
    on
        records.affiliate_id = xref.affiliate_id
        and records.affiliate_customer_id = xref.affiliate_customer_id
left join {{ ref('erased_records') }} as erased
    on
        records.affiliate_id = erased.affiliate_id
        and records.affiliate_customer_id = erased.affiliate_customer_id
where (xref.customer_id is null) = (erased.affiliate_customer_id is null)
