{# Each event once, as first delivered, with the number of its deliveries; younger than as_of left
   out unless asked for. #}
{% macro unique_events(relation, until_as_of=true) -%}
    select *
    from (
        select
            *,
            row_number() over (
                partition by event_source, event_id order by _seq, _topic, _partition, _offset
            ) as _delivery,
            count(*) over (partition by event_source, event_id) as _deliveries
        from {{ relation }}
    ) as deliveries
    where
        _delivery = 1
        {%- if until_as_of %}
        and event_at <= {{ as_of() }}
        {%- endif %}
{%- endmacro %}
