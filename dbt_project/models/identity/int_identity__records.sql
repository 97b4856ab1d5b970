select
    affiliate_id,
    affiliate_customer_id,
    {{ value_at_lowest('full_name', 'recency_rank') }} as full_name,
    {{ value_at_lowest('email', 'recency_rank') }} as email,
    {{ value_at_lowest('phone', 'recency_rank') }} as phone,
    {{ value_at_lowest('gender', 'recency_rank') }} as gender,
    {{ value_at_lowest('birth_date', 'recency_rank') }} as birth_date,
    {{ value_at_lowest('identifier', 'recency_rank') }} as identifier,
    {{ value_at_lowest('identifier_type', 'recency_rank') }} as identifier_type,
    {{ value_at_lowest('postal_code', 'recency_rank') }} as postal_code,
    {{ value_at_lowest('country', 'recency_rank') }} as country,
    case
        when min(stated_by) = max(stated_by) then min(stated_by)
        else 'both'
    end as known_from,
    min(known_since) as known_since,
    max(stated_at) as last_stated_at
from {{ ref('int_identity__statements') }}
group by affiliate_id, affiliate_customer_id
