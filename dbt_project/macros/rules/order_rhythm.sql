{# Query of the days on which each subject ordered, with the sufficient statistics of BG/NBD and
   Gamma-Gamma, which exclude the first day, while RFM does not. `population` lists the columns that
   define whose gaps are used for a subject with too few of its own; empty for all subjects. #}
{% macro order_rhythm(orders, subject, population=[]) -%}
{%- set key = subject_columns(subject) -%}
with order_days as (
    select
        {{ key }},
        {{ utc_date('ordered_at') }} as order_day,
        sum(net_amount_base) as net_amount_base,
        max(case when is_fx_missing then 1 else 0 end) as is_fx_missing
    from {{ orders }}
    where is_valid_sale and {{ subject[-1] }} is not null
    group by {{ key }}, {{ utc_date('ordered_at') }}
),

gaps as (
    select
        *,
        order_day - lag(order_day) over (partition by {{ key }} order by order_day) as gap_days
    from order_days
),

population as (
    select
        {%- for column in population %}
        {{ column }},
        {%- endfor %}
        percentile_disc(0.75) within group (order by gap_days) as gap_days
    from gaps
    where gap_days is not null
    {%- if population %}
    group by {{ population | join(', ') }}
    {%- endif %}
),

own as (
    select
        {{ key }},
        count(*) as order_days,
        -- the lower of the two middle gaps if their number is even
        case
            when count(*) >= 3 then percentile_disc(0.5) within group (order by gap_days)
        end as median_gap_days,
        max(order_day) - min(order_day) as recency,
        {{ utc_date(as_of()) }} - min(order_day) as observed_days,
        case
            when max(case when gap_days is null then 0 else is_fx_missing end) = 0
                then sum(case when gap_days is not null then net_amount_base end)
        end as repeat_net_amount_base
    from gaps
    group by {{ key }}
)

select
    {{ subject_columns(subject, 'own') }},
    own.order_days,
    own.median_gap_days,
    coalesce(own.median_gap_days, population.gap_days, {{ var('default_order_gap_days') }})
        as expected_gap_days,
    own.order_days - 1 as btyd_frequency,
    own.recency as btyd_recency,
    own.observed_days as btyd_t,
    {{ money_share('own.repeat_net_amount_base', '1', '(own.order_days - 1)') }} as btyd_monetary
from own
left join population on {{ same_subject(population, 'own', 'population') if population else 'true' }}
{%- endmacro %}
