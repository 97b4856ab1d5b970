{# Kind of stage transition. Ranks are those of seed funnel_stages; an exit has 0. #}
{% macro stage_transition(rank, rank_before) -%}
    case
        when {{ rank_before }} is null then 'enter'
        when {{ rank }} = 0 then 'lost'
        when {{ rank_before }} in (0, 6) then 'reopened'
        when {{ rank }} = {{ rank_before }} + 1 then 'forward'
        when {{ rank }} > {{ rank_before }} then 'skip'
        else 'back'
    end
{%- endmacro %}
