{# Query of the first, last and most used channel of a subject, over visits and orders. Ties of the
   first two go to the first channel by name, those of the third to the channel used last before. #}
{% macro channels(subject) -%}
{%- set who = subject_columns(subject) -%}
select
    {{ who }},
    max(case when first_place = 1 then channel end) as first_channel,
    max(case when last_place = 1 then channel end) as last_channel,
    max(case when most_place = 1 then channel end) as preferred_channel
from (
    select
        {{ who }},
        channel,
        row_number() over (
            partition by {{ who }} order by min(first_at), {{ binary_order('channel') }}
        ) as first_place,
        row_number() over (
            partition by {{ who }} order by max(last_at) desc, {{ binary_order('channel') }}
        ) as last_place,
        row_number() over (
            partition by {{ who }}
            order by sum(contacts) desc, max(last_at) desc, {{ binary_order('channel') }}
        ) as most_place
    from (
        select {{ who }}, channel, visits as contacts, first_at, last_at
        from {{ rows_of(subject, ref('int_visits__days')) }} as visits
        where channel is not null
        union all
        select {{ who }}, channel, 1 as contacts, ordered_at as first_at, ordered_at as last_at
        from {{ rows_of(subject, ref('own_customer_orders')) }} as orders
        where channel is not null and affiliate_customer_id is not null
    ) as contacts
    group by {{ who }}, channel
) as ranked
group by {{ who }}
{%- endmacro %}
