{# Query of the valid sales to known subjects, numbered per subject, with the previous sale. Few
   columns on purpose: a window carries every column of its rows through a sort. #}
{% macro order_sequence(orders, subject) -%}
    {%- set sales_so_far -%}
        partition by {{ subject_columns(subject) }} order by ordered_at, order_id, affiliate_id
    {%- endset -%}
    select
        affiliate_id,
        order_id,
        row_number() over ({{ sales_so_far }}) as order_seq,
        lag(ordered_at) over ({{ sales_so_far }}) as previous_ordered_at
    from {{ orders }}
    where is_valid_sale and {{ subject[-1] }} is not null
{%- endmacro %}
