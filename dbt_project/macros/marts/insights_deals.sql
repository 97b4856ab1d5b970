{# Query of the deal of a subject that changed its stage last; if none changed except by time, the
   newest. #}
{% macro insights_deals(subject) -%}
select
    {{ subject_columns(subject) }},
    stage as funnel_stage,
    stage_since,
    last_step_at,
    is_overdue
from (
    select
        {{ subject_columns(subject) }},
        stage,
        stage_since,
        is_overdue,
        max(last_step_at) over (partition by {{ subject_columns(subject) }}) as last_step_at,
        row_number() over (
            partition by {{ subject_columns(subject) }}
            order by
                case when moved_by in ('record', 'expiry') then 1 else 0 end,
                stage_since desc, stage_rank desc, affiliate_id, {{ binary_order('deal_id') }}
        ) as newness
    from {{ rows_of(subject, ref('own_deals')) }} as deals
    where affiliate_customer_id is not null
) as deals
where newness = 1
{%- endmacro %}

{# Query of the contacts made with a subject, and whether another one is planned. #}
{% macro insights_contacts(subject) -%}
select
    {{ subject_columns(subject) }},
    sum(case
        when is_done and {{ days_between('event_at', as_of()) }} < 30 then 1
        else 0
    end) as contacts_30d,
    max(case when is_done then event_at end) as last_contact_at,
    max(case when is_done and outcome in ('reached', 'replied', 'meeting_booked') then event_at end)
        as last_answer_at,
    max(case when not is_done and not is_task_done and due_at >= {{ as_of() }} then 1 else 0 end) = 1
        as is_contact_planned
from (
    select
        events.*,
        events.event_type = 'FollowUpDone' as is_done,
        events.task_id is not null
        and max(case when events.event_type = 'FollowUpDone' then 1 else 0 end)
            over (partition by events.affiliate_id, events.task_id) = 1 as is_task_done
    from {{ rows_of(subject, ref('stg_events__follow_up_events')) }} as events
) as events
group by {{ subject_columns(subject) }}
{%- endmacro %}
