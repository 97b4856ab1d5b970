{# Query of the exchange rate for each `currency` and `day` of a relation: currency, day, rate, and
   the day from which it applies. The reporting currency has rate 1; a currency without a rate has
   no row. #}
{% macro rates_of_days(relation) -%}
select
    currency,
    day,
    rate,
    valid_from
from (
    select
        days.currency,
        days.day,
        known.rate,
        known.valid_from,
        row_number() over (
            partition by days.currency, days.day order by known.valid_from desc
        ) as newness
    from (select distinct currency, day from {{ relation }}) as days
    inner join {{ ref('exchange_rates') }} as known
        on days.currency = known.currency and days.day >= known.valid_from
    where days.currency <> '{{ var("reporting_currency") }}'
) as rates
where newness = 1
union all
select distinct
    currency,
    day,
    cast(1 as decimal(18, 8)) as rate,
    day as valid_from
from {{ relation }}
where currency = '{{ var("reporting_currency") }}'
{%- endmacro %}
