{# Segment of three scores from 1 to 5. The branches cover every combination: the first that applies
   wins. Null scores (no orders) are `no_orders`. #}
{% macro rfm_segment(r, f, m) -%}
    case
        when {{ r }} is null then 'no_orders'
        when {{ r }} >= 4 and {{ f }} >= 4 and {{ m }} >= 4 then 'champions'
        when {{ r }} >= 3 and {{ f }} >= 3 then 'loyal'
        when {{ r }} >= 4 and {{ f }} = 1 then 'new'
        when {{ r }} >= 3 and {{ m }} >= 4 then 'big_spenders'
        when {{ r }} >= 3 then 'promising'
        when {{ r }} = 1 and {{ f }} >= 3 and {{ m }} >= 4 then 'cannot_lose'
        when {{ f }} >= 3 then 'at_risk'
        when {{ r }} = 2 then 'about_to_sleep'
        else 'hibernating'
    end
{%- endmacro %}
