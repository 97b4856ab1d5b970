{# Business time is counted in minutes of contact hours since the start of the follow-up calendar:
   adding time is adding numbers, and a time outside the hours counts as their next opening. #}
{% macro open_minutes() -%}
    {{ return((var('follow_up_hours')[1] - var('follow_up_hours')[0]) * 60) }}
{%- endmacro %}

{# Business minutes until a local timestamp, from the calendar's row of its day. #}
{% macro business_minutes(calendar, local) -%}
    (
        {{ calendar }}.minutes_before
        + case
            when {{ calendar }}.is_open
                then least(greatest(
                    cast(extract(hour from {{ local }}) as integer) * 60
                    + cast(extract(minute from {{ local }}) as integer)
                    - {{ var('follow_up_hours')[0] * 60 }},
                    0
                ), {{ open_minutes() }})
            else 0
        end
    )
{%- endmacro %}

{# The number of the business day that contains a number of business minutes. #}
{% macro open_day_no(minutes) -%}
    (cast(floor(({{ minutes }}) / {{ open_minutes() }}.0) as integer) + 1)
{%- endmacro %}

{# The time that corresponds to business minutes, on the day of that number. #}
{% macro business_instant(minutes, calendar, time_zone) -%}
    (
        (
            cast({{ calendar }}.day as timestamp)
            + (
                {{ var('follow_up_hours')[0] * 60 }}
                + ({{ minutes }}) - ({{ calendar }}.open_day_no - 1) * {{ open_minutes() }}
            ) * interval '1 minute'
        ) at time zone {{ time_zone }}
    )
{%- endmacro %}

{# The time of an hour of that day. #}
{% macro hour_of_day(calendar, hour, time_zone) -%}
    (
        (cast({{ calendar }}.day as timestamp) + interval '{{ hour }} hours')
        at time zone {{ time_zone }}
    )
{%- endmacro %}
