{# What kind of move brought a deal into a stage. Ranks are those of the seed; an exit has 0. #}
{% macro deal_move(rank, rank_before) -%}
    case
        when {{ rank_before }} is null then 'enter'
        when {{ rank }} = 0 then 'lost'
        when {{ rank_before }} in (0, 6) then 'reopened'
        when {{ rank }} = {{ rank_before }} + 1 then 'forward'
        when {{ rank }} > {{ rank_before }} then 'skip'
        else 'back'
    end
{%- endmacro %}
