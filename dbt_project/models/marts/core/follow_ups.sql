{# Every task as its affiliate sees it, with the person it is about, and a later date if all
   affiliates together contact that person too often. #}
with tasks as (
    select
        tasks.*,
        xref.customer_id,
        coalesce(delays.is_delayed, false) as is_delayed,
        delays.due_at as later_at,
        delays.due_on as later_on,
        delays.window_start as later_window_start,
        delays.window_end as later_window_end
    from {{ ref('own_follow_ups') }} as tasks
    left join {{ ref('customer_xref') }} as xref
        on {{ same_subject(record(), 'tasks', 'xref') }}
    left join {{ ref('int_follow_ups__delays') }} as delays
        on tasks.affiliate_id = delays.affiliate_id and tasks.deal_id = delays.deal_id
)

select
    task_id,
    affiliate_id,
    deal_id,
    customer_id,
    owner_id,
    stage,
    cadence,
    step,
    channel,
    consent_basis,
    reason,
    is_agreed,
    is_delayed,
    cast(case when is_delayed then 'scheduled' else status end as text) as status,
    {%- for column, later in {
        'due_at': 'later_at',
        'due_on': 'later_on',
        'window_start': 'later_window_start',
        'window_end': 'later_window_end',
    }.items() %}
    case when is_delayed then {{ later }} else {{ column }} end as {{ column }},
    {%- endfor %}
    lead_sla_due_at,
    owner_sla_due_at,
    sla_due_at,
    case when is_delayed then 0 else overdue_hours end as overdue_hours,
    case when is_delayed then 0 else overdue_business_hours end as overdue_business_hours,
    priority,
    {%- for part in var('follow_up_priority_weights') %}
    priority_{{ part }},
    {%- endfor %}
    answer_rate,
    suggested_product_id,
    owner_place,
    cast(is_carried_over and not is_delayed as boolean) as is_carried_over,
    last_contact_at,
    last_inbound_at,
    attempts,
    expires_at
from tasks
