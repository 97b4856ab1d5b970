{# Query of a subject's recent activity and next best action. `customers`, `channels` and `products`
   name relations with the subject's measures, channels and product lists. #}
{% macro insights(subject, customers, channels, products) -%}
{%- set who = subject_columns(subject) -%}
{%- set suggested = {'product_id': 'product_id', 'basis': 'basis', 'score': 'score', 'reason': 'reason'} -%}
{%- if subject == person() -%}
    {%- set suggested = dict({'affiliate_id': 'affiliate_id'}, **suggested) -%}
{%- endif -%}
with subjects as (
    select {{ who }}, min(known_since) as known_since
    from {{ rows_of(subject, known_records()) }} as records
    group by {{ who }}
),

deals as (
    {{ insights_deals(subject) }}
),

contacts as (
    {{ insights_contacts(subject) }}
),

visits as (
    select
        {{ who }},
        max(last_at) as last_visit_at,
        sum(sessions_7d) as sessions_7d,
        sum(sessions_30d) as sessions_30d,
        sum(sessions_90d) as sessions_90d,
        count(distinct case when {{ days_between('last_at', as_of()) }} < 30 then day end)
            as active_days_30d
    from {{ rows_of(subject, ref('int_visits__days')) }} as visits
    group by {{ who }}
),

consents as (
    select {{ who }}, max(event_at) as last_consent_at
    from {{ rows_of(subject, ref('stg_events__consents')) }} as consents
    group by {{ who }}
),

suggestions as (
    {{ insights_suggestions(subject, suggested) }}
),

joined as (
    select
        {{ subject_columns(subject, 'subjects') }},
        subjects.known_since,
        greatest(
            subjects.known_since, customers.last_any_order_at, visits.last_visit_at,
            deals.last_step_at, contacts.last_answer_at, consents.last_consent_at
        ) as last_seen_at,
        {{ age_in_days(utc_date('customers.last_order_at')) }} as recency_days,
        coalesce(
            {{ ratio('customers.btyd_recency', 'customers.btyd_frequency') }},
            {{ var('default_order_gap_days') }}
        ) as gap_days,
        products.products_visited, products.visited_not_bought, products.products_purchased,
        products.products_visited_count, products.visited_not_bought_count,
        products.products_purchased_count,
        channels.first_channel, channels.last_channel, channels.preferred_channel,
        deals.funnel_stage, deals.stage_since,
        coalesce(deals.is_overdue and not coalesce(contacts.is_contact_planned, false), false)
            as stage_is_stuck,
        contacts.contacts_30d, contacts.last_contact_at,
        visits.sessions_7d, visits.sessions_30d, visits.sessions_90d, visits.active_days_30d,
        suggestions.next_best_products
    from subjects
    left join {{ customers }} as customers on {{ same_subject(subject, 'subjects', 'customers') }}
    left join {{ channels }} as channels on {{ same_subject(subject, 'subjects', 'channels') }}
    left join {{ products }} as products on {{ same_subject(subject, 'subjects', 'products') }}
    {%- for part in ['deals', 'contacts', 'visits', 'consents', 'suggestions'] %}
    left join {{ part }} on {{ same_subject(subject, 'subjects', part) }}
    {%- endfor %}
)

select
    joined.*,
    case
        when stage_is_stuck then 'follow-up'
        when recency_days >= {{ var('win_back_gap_share') }} * gap_days then 'win-back'
        when recency_days >= {{ var('reorder_gap_share') }} * gap_days then 'reorder'
        when recency_days is not null and next_best_products is not null then 'cross-sell'
        else 'none'
    end as next_best_action
from joined
{%- endmacro %}

{# The measures of insights, as the marts of both subjects have them. #}
{% macro insight_columns() -%}
    {%- for list in ['products_visited', 'visited_not_bought', 'products_purchased'] %}
    {{ empty_list_if_null(list) }} as {{ list }},
    cast(coalesce({{ list }}_count, 0) as integer) as {{ list }}_count,
    {%- endfor %}
    {%- for number in ['sessions_7d', 'sessions_30d', 'sessions_90d', 'active_days_30d', 'contacts_30d'] %}
    cast(coalesce({{ number }}, 0) as integer) as {{ number }},
    {%- endfor %}
    cast(known_since as timestamptz) as first_seen_at,
    cast(last_seen_at as timestamptz) as last_seen_at,
    cast({{ days_between('last_seen_at', as_of()) }} as integer) as days_since_last_seen,
    cast(last_contact_at as timestamptz) as last_contact_at,
    cast(first_channel as text) as first_channel,
    cast(last_channel as text) as last_channel,
    cast(preferred_channel as text) as preferred_channel,
    cast(funnel_stage as text) as funnel_stage,
    cast(stage_since as timestamptz) as stage_since,
    cast(stage_is_stuck as boolean) as stage_is_stuck,
    {{ empty_list_if_null('next_best_products') }} as next_best_products,
    cast(next_best_action as text) as next_best_action,
    {{ utc_date(as_of()) }} as insight_date
{%- endmacro %}
