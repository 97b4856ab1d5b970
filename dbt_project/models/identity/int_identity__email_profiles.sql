with usable as (
    select * from {{ ref('int_identity__normalised_records') }}
    where email_key is not null
)

select
    email_key,
    count(*) as records,
    count(distinct affiliate_id) as affiliates,
    count(distinct birth_date) as birth_dates,
    count(distinct case when length(first_name_key) > 1 then first_name_key end) as first_names,
    case
        when count(distinct birth_date) > {{ var('identity_shared_email_limit') }} then 'shared'
        when
            count(distinct case when length(first_name_key) > 1 then first_name_key end)
            > {{ var('identity_shared_email_limit') }}
            then 'shared'
        else 'personal'
    end as email_class
from usable
group by email_key
