{# Query of the rate of each day of a relation's `currency` and `day`: currency, day, rate. The
   reporting currency has rate 1; a currency without a rate has no row. #}
{% macro rates_of_days(relation) -%}
select
    currency,
    day,
    rate
from (
    select
        days.currency,
        days.day,
        known.rate,
        row_number() over (
            partition by days.currency, days.day order by known.valid_from desc
        ) as newness
    from (select distinct currency, day from {{ relation }}) as days
    inner join (
        select currency, valid_from, rate
        from {{ ref('exchange_rates') }}
        union all
        select
            '{{ var("reporting_currency") }}' as currency,
            cast('0001-01-01' as date) as valid_from,
            cast(1 as decimal(18, 8)) as rate
    ) as known
        on days.currency = known.currency and days.day >= known.valid_from
) as rates
where newness = 1
{%- endmacro %}
