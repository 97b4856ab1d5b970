{# The order in which what is known of a deal happened, whatever order it came in: by instant; at one
   instant by the rank of the stage, exits after all stages, a reopening after the exit it undoes,
   and what enters no stage last; then by the id of the event. #}
{% macro deal_order() -%}
    happened_at, instant_rank, {{ binary_order('signal_id') }}, {{ binary_order('signal_source') }}
{%- endmacro %}

{# The same backwards: the last comes first. #}
{% macro deal_order_backwards() -%}
    happened_at desc, instant_rank desc, {{ binary_order('signal_id') }} desc,
    {{ binary_order('signal_source') }} desc
{%- endmacro %}
