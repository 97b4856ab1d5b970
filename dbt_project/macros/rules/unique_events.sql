{# Each event once, as first delivered, with the number of its deliveries; events after as_of are
   excluded unless requested. Only repeated deliveries are sorted, which are few. #}
{% macro unique_events(relation, until_as_of=true) -%}
    with repeated as (
        select
            event_source,
            event_id,
            count(*) as deliveries
        from {{ relation }}
        group by event_source, event_id
        having count(*) > 1
    ),

    deliveries as (
        select
            events.*,
            1 as _delivery,
            1 as _deliveries
        from {{ relation }} as events
        left join repeated
            on events.event_source = repeated.event_source and events.event_id = repeated.event_id
        where repeated.event_id is null
        union all
        select
            events.*,
            row_number() over (
                partition by events.event_source, events.event_id
                order by events._seq, events._topic, events._partition, events._offset
            ) as _delivery,
            repeated.deliveries as _deliveries
        from {{ relation }} as events
        inner join repeated
            on events.event_source = repeated.event_source and events.event_id = repeated.event_id
    )

    select *
    from deliveries
    where
        _delivery = 1
        {%- if until_as_of %}
        and event_at <= {{ as_of() }}
        {%- endif %}
{%- endmacro %}
