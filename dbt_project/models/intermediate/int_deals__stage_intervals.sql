{# From signals to stays in stages, in three steps: whether the deal is open, whether an answer of
   the customer adds anything, and which signals only repeat the current stage. #}
{%- set same_deal = 'partition by affiliate_id, deal_id' -%}
{%- set in_order = same_deal ~ ' order by ' ~ deal_order() -%}
{%- set so_far = in_order ~ ' rows between unbounded preceding and current row' -%}
{%- set step_columns = [
    'affiliate_id', 'deal_id', 'happened_at', 'instant_rank', 'signal_id', 'signal_source', 'kind',
    'stage'
] | join(',\n            ') -%}
{%- set grace = "interval '" ~ var('deal_expires_after_days') ~ " days'" -%}
with signals as (
    select
        *,
        max(alive_until) over ({{ so_far }}) as last_sign_of_life,
        lead(happened_at) over ({{ in_order }}) as next_at,
        sum(case when kind in ('event', 'order', 'record') then 1 else 0 end)
            over ({{ so_far }}) as step_no,
        sum(case when kind = 'answer' then 1 else 0 end) over ({{ so_far }}) as answers_no
    from {{ ref('int_deals__signals') }}
),

-- an open deal expires when there has been no activity for too long
expiries as (
    select
        affiliate_id,
        deal_id,
        last_sign_of_life + {{ grace }} as happened_at,
        7 as instant_rank,
        'expired' as signal_id,
        '' as signal_source,
        'expiry' as kind,
        'expired' as stage,
        false as is_reopening,
        answers_no
    from (
        select
            *,
            max(case when kind in ('event', 'order', 'record') then stage end)
                over (partition by affiliate_id, deal_id, step_no) as step_stage
        from signals
    ) as steps
    where
        last_sign_of_life + {{ grace }} < least(coalesce(next_at, {{ as_of() }}), {{ as_of() }})
        and step_stage in (
            select stages.code
            from {{ funnel_stages() }} as stages
            where stages.rank between 1 and 5
        )
),

opened as (
    select
        *,
        lag(stage) over ({{ in_order }}) as stage_before,
        lag(answers_no) over ({{ in_order }}) as answers_before
    from (
        select
            {{ step_columns }},
            is_reopening,
            owner_id,
            reason_code,
            answers_no
        from signals
        where kind in ('event', 'order', 'record')
        union all
        select
            {{ step_columns }},
            is_reopening,
            cast(null as bigint) as owner_id,
            cast(null as text) as reason_code,
            answers_no
        from expiries
    ) as steps
),

-- an open deal cannot be reopened, nor one that an answer reactivated after expiry
answered as (
    select
        *,
        lag(stage) over ({{ in_order }}) as stage_before_answer,
        lag(kind) over ({{ in_order }}) as kind_before_answer
    from (
        select
            {{ step_columns }},
            owner_id,
            reason_code
        from opened
        where
            not is_reopening
            or stage_before is null
            or stage_before in ('won', 'lost', 'disqualified')
            or (stage_before = 'expired' and answers_no = answers_before)
        union all
        select
            {{ step_columns }},
            owner_id,
            reason_code
        from signals
        where kind = 'answer'
    ) as steps
),

-- an answer proves contact, which changes a deal that is untouched or expired
steps as (
    select
        *,
        lag(stage) over ({{ in_order }}) as from_stage,
        sum(case when owner_id is null then 0 else 1 end) over ({{ so_far }}) as owner_no
    from answered
    where
        kind <> 'answer'
        or (kind_before_answer <> 'answer' and stage_before_answer in ('untouched', 'expired'))
),

owned as (
    select
        *,
        max(owner_id) over (partition by affiliate_id, deal_id, owner_no) as owner_then
    from steps
)

select
    affiliate_id,
    deal_id,
    cast(row_number() over ({{ in_order }}) as integer) as move_no,
    stage,
    from_stage,
    happened_at as entered_at,
    lead(happened_at) over ({{ in_order }}) as exited_at,
    kind as moved_by,
    owner_then as owner_id,
    reason_code
from owned
where from_stage is null or from_stage <> stage
