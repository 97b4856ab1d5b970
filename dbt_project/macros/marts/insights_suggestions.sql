{# Query of the list of products to suggest to a subject. A person gets the suggestions of its
   records, without what any of them bought. #}
{% macro insights_suggestions(subject, fields) -%}
{%- set who = subject_columns(subject) -%}
select
    {{ who }},
    {{ struct_list(fields, ['place'], var('suggestions_kept')) }} as next_best_products
from (
    select
        {{ subject_columns(subject, 'offers') }},
        {{ 'offers.affiliate_id,' if subject == person() }}
        offers.product_id,
        case offers.tier
            when 1 then 'bought_together'
            when 2 then 'popular_in_category'
            else 'popular'
        end as basis,
        cast(offers.score as double precision) as score,
        offers.reason,
        row_number() over (
            partition by {{ subject_columns(subject, 'offers') }}
            order by
                offers.tier, offers.score desc, offers.customers desc,
                offers.affiliate_id, offers.product_id
        ) as place
    from (
        select
            *,
            row_number() over (
                partition by {{ who }}{{ ', affiliate_id' if subject == person() }}, product_id
                order by tier, score desc, customers desc, affiliate_customer_id
            ) as repetition
        from {{ rows_of(subject, ref('int_suggestions__next_best_products')) }} as offers
    ) as offers
    {%- if subject == person() %}
    left join (
        select customer_id, affiliate_id, product_id
        from {{ rows_of(subject, ref('int_interests__evidence')) }} as evidence
        where orders > 0
    ) as bought
        on
            offers.customer_id = bought.customer_id
            and offers.affiliate_id = bought.affiliate_id
            and offers.product_id = bought.product_id
    {%- endif %}
    where offers.repetition = 1{{ ' and bought.product_id is null' if subject == person() }}
) as ranked
where place <= {{ var('suggestions_kept') }}
group by {{ who }}
{%- endmacro %}
