{# An erased record stays erased, whatever is delivered again. A request that has not been carried
   out yet covers every record that identity knows of the person: a request by an affiliate its own
   records, a request for all of them every affiliate's. #}
with requests as (
    select
        affiliate_id,
        affiliate_customer_id,
        max(case when scope = 'all' then 1 else 0 end) as is_everywhere,
        min(event_at) as requested_at
    from {{ ref('stg_events__erasures') }}
    where affiliate_customer_id is not null
    group by affiliate_id, affiliate_customer_id
),

reached as (
    select
        records.affiliate_id,
        records.affiliate_customer_id,
        requests.requested_at
    from requests
    inner join {{ ref('int_identity__clusters') }} as requested
        on
            requests.affiliate_id = requested.affiliate_id
            and requests.affiliate_customer_id = requested.affiliate_customer_id
    inner join {{ ref('int_identity__clusters') }} as records
        on
            requested.cluster_id = records.cluster_id
            and (requests.is_everywhere = 1 or requests.affiliate_id = records.affiliate_id)
    union all
    select
        affiliate_id,
        affiliate_customer_id,
        requested_at
    from requests
    union all
    select
        affiliate_id,
        affiliate_customer_id,
        requested_at
    from {{ ref('stg_privacy__erased_records') }}
)

select
    affiliate_id,
    affiliate_customer_id,
    min(requested_at) as requested_at
from reached
group by affiliate_id, affiliate_customer_id
