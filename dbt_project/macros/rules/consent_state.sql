{# Query of what each customer record permits: one row per record that permits anything. The newest
   statement per purpose and channel applies; a withdrawal without purpose or channel covers all of
   them, a grant only those it names. No statement means no consent. #}
{% macro consent_state(consents) -%}
with stated as (
    select
        affiliate_id,
        affiliate_customer_id,
        purpose,
        {{ channel_code('channel') }} as channel,
        is_granted,
        event_at,
        row_number() over (
            partition by affiliate_id, affiliate_customer_id, purpose, {{ channel_code('channel') }}
            order by event_at desc, is_granted
        ) as newness
    from {{ consents }}
    where affiliate_customer_id is not null
),

newest as (
    select * from stated
    where newness = 1
),

withdrawn as (
    select * from newest
    where not is_granted and (purpose is null or channel is null)
),

granted as (
    select
        newest.affiliate_id,
        newest.affiliate_customer_id,
        newest.purpose,
        newest.channel
    from newest
    left join withdrawn
        on
            newest.affiliate_id = withdrawn.affiliate_id
            and newest.affiliate_customer_id = withdrawn.affiliate_customer_id
            and (withdrawn.purpose is null or withdrawn.purpose = newest.purpose)
            and (withdrawn.channel is null or withdrawn.channel = newest.channel)
            and withdrawn.event_at >= newest.event_at
    where newest.is_granted and withdrawn.event_at is null
)

select
    affiliate_id,
    affiliate_customer_id,
    {%- for channel in consent_channels() %}
    max(
        case
            when purpose = '{{ var("contact_purpose") }}' and channel = '{{ channel }}' then 1
            else 0
        end
    ) = 1 as consent_{{ channel }},
    {%- endfor %}
    max(case when purpose = '{{ var("profiling_purpose") }}' then 1 else 0 end) = 1
        as consent_profiling
from granted
group by affiliate_id, affiliate_customer_id
{%- endmacro %}

{# The channels that a consent to be contacted may name. #}
{% macro consent_channels() -%}
    {{ return(['email', 'sms', 'whatsapp', 'phone']) }}
{%- endmacro %}
