{# Whether a cell over several affiliates may be shown: enough people and affiliates, and no
   affiliate with most of its people, orders or amount, which could subtract its own numbers and
   learn the rest. An aggregate over rows of one affiliate each: people, orders, net_amount;
   `customers` is another aggregate, the people of all of them. #}
{% macro is_publishable(customers, rows) -%}
    (
        {{ customers }} >= {{ var('benchmark_minimum_people') }}
        and count(*) >= {{ var('benchmark_minimum_affiliates') }}
        and sum({{ rows }}.net_amount) > 0
        and 100 * max({{ rows }}.people) <= {{ var('benchmark_percent_limit') }} * {{ customers }}
        {%- for measure in ['orders', 'net_amount'] %}
        and 100 * max({{ rows }}.{{ measure }})
            <= {{ var('benchmark_percent_limit') }} * sum({{ rows }}.{{ measure }})
        {%- endfor %}
    )
{%- endmacro %}
