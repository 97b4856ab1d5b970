{# The weight from which a pair may be one person, in millibits. Of n records each has n others to be
   confused with, so the odds against a pair grow with n; whole bits keep the weight, and with it who
   is who, the same until the number of records doubles. Below 4,096 records it is that of 4,096: few
   records do not make weak evidence strong. #}
{% macro link_weight() -%}
    (
        select
            {{ var('identity_link_surplus') }} + 12000
            {%- for bits in range(13, 40) %}
            + case when count(*) >= {{ 2 ** bits }} then 1000 else 0 end
            {%- endfor %}
        from {{ ref('int_identity__normalised_records') }}
    )
{%- endmacro %}

{# Before the weights are built: if pairs must reach another weight than in the last run, nothing that
   is kept of it holds. #}
{% macro forget_other_link_weight() -%}
    {%- if execute and identity_is_incremental() and load_relation(this) is not none -%}
        {%- set same = run_all(['select count(*) from ' ~ this ~ ' where link_weight = ' ~ link_weight()]) -%}
        {%- if same == 0 -%}{%- do forget_identity_caches() -%}{%- endif -%}
    {%- endif -%}
{%- endmacro %}
