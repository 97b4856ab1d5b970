{# The next step of every deal, or the first reason that applies why it has none. #}
with steps as (
    select
        activity.*,
        coalesce(locations.time_zone, 'UTC') as time_zone,
        coalesce(locations.country, '') as country,
        coalesce(locations.status, '') as affiliate_status,
        coalesce(first_steps.cadence, 'none') as cadence,
        first_steps.sla_business_hours,
        activity.attempts + 1 as step,
        coalesce(activity.callback_channel, next_steps.channel) as step_channel,
        coalesce(
            activity.callback_at, activity.last_sign_at + next_steps.delay_days * interval '1 day'
        ) as wanted_at
    from {{ ref('int_follow_ups__activity') }} as activity
    left join {{ ref('int_affiliates__locations') }} as locations
        on activity.affiliate_id = locations.affiliate_id
    left join {{ follow_up_steps() }} as next_steps
        on activity.stage = next_steps.stage and activity.attempts + 1 = next_steps.step
    left join {{ follow_up_steps() }} as first_steps
        on activity.stage = first_steps.stage and first_steps.step = 1
),

channels as (
    select
        steps.affiliate_id,
        steps.deal_id,
        channels.channel,
        channels.consent_basis,
        channels.has_address,
        row_number() over (
            partition by steps.affiliate_id, steps.deal_id
            order by
                case when channels.has_address then 0 else 1 end,
                case when channels.channel = steps.step_channel then 0 else 1 end,
                channels.place
        ) as choice
    from steps
    inner join {{ ref('int_follow_ups__channels') }} as channels
        on steps.affiliate_id = channels.affiliate_id and steps.deal_id = channels.deal_id
),

planned as (
    select
        steps.*,
        channels.channel,
        channels.consent_basis,
        case
            when steps.affiliate_status <> 'active' then 'affiliate_inactive'
            when steps.customer_kind = 'unknown' then 'unknown_customer'
            when steps.customer_kind = 'invited' then 'invitation_pending'
            when suppressions.reason is not null then suppressions.reason
            when steps.owner_id is not null and owners.app_user_id is null then 'owner_inactive'
            when channels.channel is null then 'no_consent'
            when not channels.has_address then 'no_address'
            when steps.wanted_at is null then 'nurture'
        end as no_task_reason
    from steps
    left join channels
        on
            steps.affiliate_id = channels.affiliate_id
            and steps.deal_id = channels.deal_id
            and channels.choice = 1
    left join {{ ref('int_follow_ups__suppressions') }} as suppressions
        on {{ same_subject(record(), 'steps', 'suppressions') }}
    left join {{ ref('stg_oltp__app_users') }} as owners
        on
            steps.affiliate_id = owners.affiliate_id
            and steps.owner_id = owners.app_user_id
            and owners.is_active
)

select
    affiliate_id,
    deal_id,
    affiliate_customer_id,
    owner_id,
    stage,
    stage_rank,
    is_open,
    time_zone,
    country,
    cadence,
    sla_business_hours,
    case when no_task_reason is null then step end as step,
    case when no_task_reason is null then channel end as channel,
    case when no_task_reason is null then consent_basis end as consent_basis,
    no_task_reason,
    case
        when callback_at is not null then 'callback_agreed'
        when not is_open then 'recycle'
        when attempts > 0 then 'no_answer'
        when last_inbound_at > stage_since then 'answered'
        when stage = 'untouched' then 'first_touch'
        else 'stage_entered'
    end as reason,
    callback_at is not null as is_agreed,
    wanted_at,
    cadence_started_at as sla_started_at,
    case
        when stage = 'untouched' and contacts_count = 0
            then stage_since + interval '{{ var("follow_up_speed_to_lead_hours") }} hours'
    end as lead_sla_due_at,
    case
        when is_open then alive_until + interval '{{ var("deal_expires_after_days") }} days'
        else wanted_at + interval '{{ var("follow_up_recycle_days") }} days'
    end as expires_at,
    last_contact_at,
    last_inbound_at,
    attempts,
    contacts_count,
    expected_amount_base
from planned
