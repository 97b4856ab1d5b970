select
    xref.affiliate_id || ':' || xref.affiliate_customer_id as record_id,
    affiliates.slug,
    records.known_since,
    xref.valid_from
from wh.identity.customer_xref as xref
left join wh.identity.int_identity__records as records
    on
        xref.affiliate_id = records.affiliate_id
        and xref.affiliate_customer_id = records.affiliate_customer_id
left join wh.staging.stg_oltp__affiliates as affiliates
    on xref.affiliate_id = affiliates.affiliate_id
where xref.customer_id = $customer_id
order by records.known_since nulls last, xref.affiliate_id, xref.affiliate_customer_id
