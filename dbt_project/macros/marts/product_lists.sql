{# Query of the products a subject visited and bought, as lists with the newest first and a maximum
   length, and their counts. #}
{% macro product_lists(subject) -%}
{%- set who = subject_columns(subject) -%}
{%- set kept = var('insight_products_kept') -%}
{%- set product = {'product_id': 'product_id'} -%}
{%- if subject == person() -%}
    {%- set product = {'affiliate_id': 'affiliate_id', 'product_id': 'product_id'} -%}
{%- endif -%}
{%- set visited = dict(product, visits='visits', last_at='last_visited_at') -%}
{%- set purchased = dict(product, orders='orders', quantity='quantity', last_at='last_ordered_at') -%}
{%- set ties = product.values() | reverse | list -%}
{%- set by_visit = [newest_first('last_visited_at')] + ties -%}
{%- set by_order = [newest_first('last_ordered_at')] + ties -%}
select
    {{ who }},
    {{ struct_list(visited, by_visit, kept, 'visits > 0') }} as products_visited,
    {{ struct_list(visited, by_visit, kept, 'visits > 0 and orders = 0') }} as visited_not_bought,
    {{ struct_list(purchased, by_order, kept, 'quantity > 0') }} as products_purchased,
    sum(case when visits > 0 then 1 else 0 end) as products_visited_count,
    sum(case when visits > 0 and orders = 0 then 1 else 0 end) as visited_not_bought_count,
    sum(case when quantity > 0 then 1 else 0 end) as products_purchased_count
from (
    {%- if subject == record() %}
    -- evidence is one row per record and product
    select
        {{ who }},
        product_id,
        cast(visits as bigint) as visits,
        cast(orders as bigint) as orders,
        kept_quantity as quantity,
        last_visited_at,
        last_ordered_at
    from {{ ref('int_interests__evidence') }}
    where product_id is not null
    {%- else %}
    {%- set columns = who ~ ', affiliate_id, product_id' %}
    select
        {{ columns }},
        cast(visits as bigint) as visits,
        cast(orders as bigint) as orders,
        kept_quantity as quantity,
        last_visited_at,
        last_ordered_at
    from {{ rows_of(subject, ref('int_interests__evidence'), 'one') }} as evidence
    where product_id is not null
    union all
    select
        {{ columns }},
        cast(sum(visits) as bigint) as visits,
        cast(sum(orders) as bigint) as orders,
        cast(sum(kept_quantity) as bigint) as quantity,
        max(last_visited_at) as last_visited_at,
        max(last_ordered_at) as last_ordered_at
    from {{ rows_of(subject, ref('int_interests__evidence'), 'several') }} as evidence
    where product_id is not null
    group by {{ columns }}
    {%- endif %}
) as products
group by {{ who }}
{%- endmacro %}
