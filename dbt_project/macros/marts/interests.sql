{# Query of a subject's interests. The population that a share is held against is everybody for a
   person, and the affiliate's own customers for its records. #}
{% macro interests(subject) -%}
{%- set who = subject_columns(subject) -%}
{%- set population = ['affiliate_id'] if subject == record() else [] -%}
{%- set product = 'cast(product_id as text)' -%}
{%- if subject == person() -%}
    {%- set product = "cast(affiliate_id as text) || ':' || " ~ product -%}
{%- endif -%}
{%- set dimensions = {
    'category': 'category',
    'brand': 'brand',
    'price_band': 'price_band',
    'product': 'case when product_place <= ' ~ var('interest_products_kept') ~ ' then ' ~ product ~ ' end',
} -%}
with evidence as (
    select * from {{ rows_of(subject, ref('int_interests__evidence')) }} as evidence
),

sums as (
    {%- for dimension, value in dimensions.items() %}
    select
        {{ who }},
        '{{ dimension }}' as dimension,
        {{ value }} as value,
        {{ interest_score('weight') }} as score,
        sum(views) as views,
        sum(orders) as orders,
        sum(tags) as tags,
        sum(returns) as returns,
        min(first_at) as first_at,
        max(last_at) as last_at
    from evidence
    where {{ value }} is not null{{ ' and product_id is not null' if dimension == 'product' }}
    group by {{ who }}, {{ value }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

values_of_all as (
    select
        {{ (population + ['dimension', 'value']) | join(', ') }},
        sum(score) as score
    from sums
    group by {{ (population + ['dimension', 'value']) | join(', ') }}
),

dimensions_of_all as (
    select
        {{ (population + ['dimension']) | join(', ') }},
        sum(score) as score
    from values_of_all
    group by {{ (population + ['dimension']) | join(', ') }}
),

ranked as (
    select
        sums.*,
        sums.views + sums.orders + sums.tags as evidence,
        sum(sums.score) over (partition by {{ who }}, dimension) as subject_score,
        row_number() over (
            partition by {{ who }}, dimension
            order by score desc, last_at desc, {{ binary_order('value') }}
        ) as rank
    from sums
)

select
    ranked.*,
    coalesce({{ rounded_ratio('ranked.score', 'ranked.subject_score') }}, 0) as share,
    {{ rounded_ratio(
        ratio('ranked.score', 'ranked.subject_score'),
        ratio('values_of_all.score', 'dimensions_of_all.score')
    ) }} as lift,
    1 - exp(-{{ ratio('ranked.evidence', '3') }}) as confidence,
    {{ age_in_days(utc_date('ranked.last_at')) }} > {{ var('interest_stale_days') }} as is_stale
from ranked
inner join values_of_all
    on {{ same_subject(population + ['dimension', 'value'], 'ranked', 'values_of_all') }}
inner join dimensions_of_all
    on {{ same_subject(population + ['dimension'], 'ranked', 'dimensions_of_all') }}
{%- endmacro %}

{# Aggregate: the sum of weights, at least 0. Narrowed before it is rounded: sums are wide
   decimals, which DuckDB rounds more slowly. #}
{% macro interest_score(weight) -%}
    cast(greatest(cast(sum({{ weight }}) as decimal(18, 9)), 0) as decimal(18, 6))
{%- endmacro %}

{# The measures of an interest, as they stand in the marts of either subject. #}
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
