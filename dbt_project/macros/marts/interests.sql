{# Query of a subject's interests. A share is compared with that of all people for a person, and of
   the affiliate's own customers for its records. #}
{% macro interests(subject) -%}
{%- set who = subject_columns(subject) -%}
{%- set population = ['affiliate_id'] if subject == record() else [] -%}
{%- set seller = "cast(affiliate_id as text) || ':' || " if subject == person() else '' -%}
{%- set product = seller ~ 'cast(product_id as text)' -%}
{%- set dimensions = {
    'category': 'category',
    'brand': 'brand',
    'price_band': 'price_band',
    'product': 'case when product_place <= ' ~ var('interest_products_kept') ~ ' then ' ~ product ~ ' end',
} -%}
with
{%- if subject == person() %}
joined as (
    select * from {{ rows_of(subject, ref('int_interests__evidence'), 'several') }} as evidence
),
{%- endif %}
sums as (
    {%- for dimension, value in dimensions.items() %}
    select
        {{ who }},
        '{{ dimension }}' as dimension,
        {{ value }} as value,
        {{ interest_score('weight') }} as score,
        {%- for kind in ['views', 'orders', 'tags', 'returns'] %}
        cast(sum({{ kind }}) as integer) as {{ kind }},
        {%- endfor %}
        min(first_at) as first_at,
        max(last_at) as last_at
    from {{ 'joined' if subject == person() else ref('int_interests__evidence') }} as evidence
    where {{ value }} is not null{{ ' and product_id is not null' if dimension == 'product' }}
    group by {{ who }}, {{ value }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- if subject == person() %}
    union all
    select
        {{ who }},
        dimension,
        case when dimension = 'product' then cast(affiliate_id as text) || ':' || value else value end
            as value,
        score,
        evidence_views as views,
        evidence_orders as orders,
        evidence_tags as tags,
        evidence_returns as returns,
        first_evidence_at as first_at,
        last_evidence_at as last_at
    from {{ rows_of(subject, ref('own_customer_interests'), 'one') }} as interests
    {%- endif %}
),

-- numbers in the order of dimensions and values: later steps sort and join by them
values_of_all as (
    select
        {{ (population + ['dimension', 'value']) | join(', ') }},
        sum(score) as score,
        cast(dense_rank() over (order by dimension) as smallint) as dimension_no,
        cast(row_number() over (
            order by {{ (['dimension', binary_order('value')] + population) | join(', ') }}
        ) as integer) as value_no
    from sums
    group by {{ (population + ['dimension', 'value']) | join(', ') }}
),

populations as (
    select
        *,
        {{ ratio('score', 'sum(score) over (partition by ' ~ (population + ['dimension']) | join(', ') ~ ')') }}
            as population_share
    from values_of_all
),

ranked as (
    select
        {{ subject_columns(subject, 'sums') }},
        values_of_all.value_no,
        sums.score,
        sums.views,
        sums.orders,
        sums.tags,
        sums.returns,
        sums.first_at,
        sums.last_at,
        sum(sums.score) over (
            partition by {{ subject_columns(subject, 'sums') }}, values_of_all.dimension_no
        ) as subject_score,
        row_number() over (
            partition by {{ subject_columns(subject, 'sums') }}, values_of_all.dimension_no
            order by sums.score desc, sums.last_at desc, values_of_all.value_no
        ) as rank
    from sums
    inner join values_of_all
        on {{ same_subject(population + ['dimension', 'value'], 'sums', 'values_of_all') }}
)

select
    {{ subject_columns(subject, 'ranked') }},
    populations.dimension,
    populations.value,
    ranked.score,
    ranked.views,
    ranked.orders,
    ranked.tags,
    ranked.returns,
    ranked.first_at,
    ranked.last_at,
    ranked.rank,
    ranked.views + ranked.orders + ranked.tags as evidence,
    coalesce({{ rounded_ratio('ranked.score', 'ranked.subject_score') }}, 0) as share,
    {{ rounded_ratio(
        ratio('ranked.score', 'ranked.subject_score'), 'populations.population_share'
    ) }} as lift,
    1 - exp(-{{ ratio('(ranked.views + ranked.orders + ranked.tags)', '3') }}) as confidence,
    {{ age_in_days(utc_date('ranked.last_at')) }} > {{ var('interest_stale_days') }} as is_stale
from ranked
inner join populations on ranked.value_no = populations.value_no
{%- endmacro %}

{# Aggregate: the sum of weights, at least 0. Cast to a narrow decimal before rounding, and so is 0:
   sums are wide decimals, and so is a comparison with an integer, which DuckDB rounds more slowly.
   #}
{% macro interest_score(weight) -%}
    cast(
        greatest(cast(sum({{ weight }}) as decimal(18, 9)), cast(0 as decimal(18, 9)))
        as decimal(18, 6)
    )
{%- endmacro %}

{# The measures of an interest, as the marts of both subjects have them. #}
{% macro interest_columns() -%}
    cast(dimension as text) as dimension,
    cast(value as text) as value,
    cast(score as decimal(18, 6)) as score,
    cast(share as decimal(9, 6)) as share,
    cast(lift as decimal(18, 6)) as lift,
    cast(rank as integer) as rank,
    cast(confidence as decimal(9, 6)) as confidence,
    cast(views as integer) as evidence_views,
    cast(orders as integer) as evidence_orders,
    cast(tags as integer) as evidence_tags,
    cast(returns as integer) as evidence_returns,
    cast(first_at as timestamptz) as first_evidence_at,
    cast(last_at as timestamptz) as last_evidence_at,
    cast(tags > 0 as boolean) as is_explicit,
    cast(is_stale as boolean) as is_stale,
    cast(evidence >= {{ var('interest_offer_minimum') }} and score > 0 as boolean) as is_offerable
{%- endmacro %}
