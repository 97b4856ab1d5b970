{%- set weights = var('follow_up_priority_weights') -%}
{%- set share = dict(
    value=rounded_ratio('tasks.value_place - 1', 'tasks.tasks_count - 1'),
    urgency=rounded_ratio('least(coalesce(tasks.sla_used, 0), 1)', '1'),
    intent=rounded_ratio(
        'least(coalesce(insights.sessions_7d, 0), ' ~ var('follow_up_intent_sessions') ~ ')',
        var('follow_up_intent_sessions')
    ),
    stage=rounded_ratio('greatest(tasks.stage_rank - 1, 0)', '4'),
    recency=rounded_ratio(
        'greatest(' ~ var('follow_up_recency_days') ~ ' - '
        ~ days_between('tasks.last_inbound_at', as_of()) ~ ', 0)',
        var('follow_up_recency_days')
    ),
    success='answers.answer_rate'
) -%}
with tasks as (
    select
        *,
        rank() over (
            partition by affiliate_id order by coalesce(expected_amount_base, 0.00)
        ) as value_place,
        count(*) over (partition by affiliate_id) as tasks_count
    from {{ ref('int_follow_ups__times') }}
),

parts as (
    select
        tasks.*,
        answers.answer_rate,
        suggestions.product_id as suggested_product_id,
        {%- for part, weight in weights.items() %}
        cast({{ weight }} * coalesce({{ share[part] }}, 0) as decimal(5, 2)) as priority_{{ part }},
        {%- endfor %}
        -- a contact closes its task: without the number of contacts, the next task could have
        -- the same ID
        md5(
            cast(tasks.affiliate_id as text) || '|' || tasks.deal_id || '|' || tasks.cadence
            || '|' || cast(tasks.step as text) || '|' || cast(tasks.due_on as text)
            || '|' || cast(tasks.contacts_count as text)
        ) as task_id
    from tasks
    left join {{ ref('own_customer_insights') }} as insights
        on {{ same_subject(record(), 'tasks', 'insights') }}
    left join {{ ref('int_follow_ups__answers') }} as answers
        on tasks.affiliate_id = answers.affiliate_id and tasks.deal_id = answers.deal_id
    left join {{ ref('int_suggestions__next_best_products') }} as suggestions
        on {{ same_subject(record(), 'tasks', 'suggestions') }} and suggestions.place = 1
),

scored as (
    select
        *,
        {%- for part in weights %}
        {{ '+ ' if not loop.first }}priority_{{ part }}
        {%- endfor %} as priority
    from parts
),

ranked as (
    select
        *,
        row_number() over (
            partition by affiliate_id, owner_id, due_at <= {{ as_of() }}
            order by priority desc, due_at, {{ binary_order('task_id') }}
        ) as owner_place
    from scored
)

select
    cast(task_id as text) as task_id,
    cast(affiliate_id as bigint) as affiliate_id,
    cast(deal_id as text) as deal_id,
    cast(affiliate_customer_id as bigint) as affiliate_customer_id,
    cast(owner_id as bigint) as owner_id,
    cast(stage as text) as stage,
    cast(cadence as text) as cadence,
    cast(step as integer) as step,
    cast(channel as text) as channel,
    cast(consent_basis as text) as consent_basis,
    cast(reason as text) as reason,
    cast(is_agreed as boolean) as is_agreed,
    cast(case
        when due_at > {{ as_of() }} then 'scheduled'
        when cast({{ as_of() }} at time zone time_zone as date) > due_on then 'overdue'
        else 'due'
    end as text) as status,
    cast(due_at as timestamptz) as due_at,
    cast(due_on as date) as due_on,
    cast(window_start as timestamptz) as window_start,
    cast(window_end as timestamptz) as window_end,
    cast(lead_sla_due_at as timestamptz) as lead_sla_due_at,
    cast(owner_sla_due_at as timestamptz) as owner_sla_due_at,
    cast(least(lead_sla_due_at, owner_sla_due_at) as timestamptz) as sla_due_at,
    cast(floor(overdue_minutes / 60.0) as integer) as overdue_hours,
    cast(floor(overdue_business_minutes / 60.0) as integer) as overdue_business_hours,
    cast(priority as decimal(5, 2)) as priority,
    {%- for part in weights %}
    priority_{{ part }},
    {%- endfor %}
    cast(answer_rate as decimal(7, 6)) as answer_rate,
    cast(suggested_product_id as bigint) as suggested_product_id,
    cast(owner_place as integer) as owner_place,
    cast(
        owner_id is not null
        and due_at <= {{ as_of() }}
        and owner_place > {{ var('follow_up_owner_capacity') }} as boolean
    ) as is_carried_over,
    cast(last_contact_at as timestamptz) as last_contact_at,
    cast(last_inbound_at as timestamptz) as last_inbound_at,
    cast(attempts as integer) as attempts,
    cast(expires_at as timestamptz) as expires_at
from ranked
