{# The order in which the signals of a deal happened, whatever order they arrived in: by time; at
   the same time by the rank of the stage, exits after all stages, a reopening after the exit that
   it undoes, and signals without a stage last; then by event ID. #}
{% macro deal_order() -%}
    happened_at, instant_rank, {{ binary_order('signal_id') }}, {{ binary_order('signal_source') }}
{%- endmacro %}

{# The same backwards: the latest comes first. #}
{% macro deal_order_backwards() -%}
    happened_at desc, instant_rank desc, {{ binary_order('signal_id') }} desc,
    {{ binary_order('signal_source') }} desc
{%- endmacro %}
