select
    xref.affiliate_id || ':' || xref.affiliate_customer_id as record_id,
    records.full_name,
    records.email,
    records.phone,
    records.birth_date
from wh.identity.customer_xref as xref
inner join wh.identity.int_identity__records as records
    on
        xref.affiliate_id = records.affiliate_id
        and xref.affiliate_customer_id = records.affiliate_customer_id
where xref.customer_id = $id
