{# A rate over few contacts is unreliable, so it is smoothed: the affiliate's usual rate counts as a
   number of additional contacts, and the expected rate does so within the usual rate. #}
{%- set assumed = var('follow_up_assumed_contacts') -%}
with alike as (
    select
        affiliate_id,
        stage,
        step,
        channel,
        count(*) as contacts,
        sum(case when is_answered then 1 else 0 end) as answers
    from {{ ref('int_follow_ups__contacts') }}
    group by affiliate_id, stage, step, channel
),

usual as (
    select
        affiliate_id,
        {{ rounded_ratio(
            'sum(answers) + ' ~ assumed ~ ' * ' ~ var('follow_up_expected_answers'),
            'sum(contacts) + ' ~ assumed
        ) }} as answer_rate
    from alike
    group by affiliate_id
)

select
    tasks.affiliate_id,
    tasks.deal_id,
    coalesce(alike.contacts, 0) as contacts,
    coalesce(alike.answers, 0) as answers,
    cast({{ rounded_ratio(
        'coalesce(alike.answers, 0) + ' ~ assumed
        ~ ' * coalesce(usual.answer_rate, ' ~ var('follow_up_expected_answers') ~ ')',
        'coalesce(alike.contacts, 0) + ' ~ assumed
    ) }} as decimal(9, 6)) as answer_rate
from {{ ref('int_follow_ups__times') }} as tasks
left join usual on tasks.affiliate_id = usual.affiliate_id
left join alike
    on
        tasks.affiliate_id = alike.affiliate_id
        and tasks.stage = alike.stage
        and tasks.step = alike.step
        and tasks.channel = alike.channel
