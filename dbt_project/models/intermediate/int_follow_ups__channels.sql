{# A withdrawn channel stays blocked until it is granted again, whatever else would permit it. #}
with withdrawals as (
    select distinct
        affiliate_id,
        affiliate_customer_id,
        {{ channel_code('channel') }} as channel
    from {{ ref('stg_events__consents') }}
    where
        not is_granted
        and (purpose is null or purpose = '{{ var("contact_purpose") }}')
),

channels as (
    {%- for channel in consent_channels() %}
    select
        clocks.affiliate_id,
        clocks.deal_id,
        clocks.affiliate_customer_id,
        '{{ channel }}' as channel,
        {{ loop.index }} as place,
        customers.consent_{{ channel }} as has_consent,
        customers.{{ 'email' if channel == 'email' else 'phone' }} is not null as has_address,
        coalesce(clocks.callback_channel = '{{ channel }}', false) as is_agreed,
        {{ 'clocks.is_open and clocks.origin = \'events\''
            if channel in var('follow_up_enquiry_channels') else 'false' }} as is_enquiry
    from {{ ref('int_follow_ups__activity') }} as clocks
    inner join {{ ref('own_customer') }} as customers
        on {{ same_subject(record(), 'clocks', 'customers') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

allowed as (
    select
        channels.*,
        case
            when channels.is_agreed then 'agreed'
            when channels.has_consent then 'consent'
            when channels.is_enquiry then 'enquiry'
        end as consent_basis
    from channels
    where
        channels.has_consent
        or (
            (channels.is_agreed or channels.is_enquiry)
            and not exists (
                select 1
                from withdrawals
                where
                    {{ same_subject(record(), 'withdrawals', 'channels') }}
                    and (withdrawals.channel is null or withdrawals.channel = channels.channel)
            )
        )
)

select
    affiliate_id,
    deal_id,
    channel,
    place,
    consent_basis,
    has_address or is_agreed as has_address
from allowed
