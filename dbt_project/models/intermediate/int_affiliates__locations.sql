with addresses as (
    select
        affiliate_id,
        upper(trim(country)) as country,
        row_number() over (partition by affiliate_id order by address_id) as place
    from {{ ref('stg_oltp__affiliate_addresses') }}
    where upper(trim(country)) in (select country from {{ ref('business_holidays') }})
)

select
    affiliates.affiliate_id,
    affiliates.status,
    coalesce(affiliates.time_zone, 'UTC') as time_zone,
    coalesce(addresses.country, '') as country
from {{ ref('stg_oltp__affiliates') }} as affiliates
left join addresses
    on affiliates.affiliate_id = addresses.affiliate_id and addresses.place = 1
