{# Match threshold: the weight from which a pair may be one person, in millibits. Each of n records
   can be confused with n others, so the odds against a pair grow with n; in whole bits, the
   threshold and with it the matching result stay the same until the number of records doubles.
   Below 4,096 records it is that of 4,096: few records do not make weak evidence strong. #}
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

{# Before the weights are built: if the match threshold differs from the last run's, drops
   everything that is kept of it. #}
{% macro purge_at_new_match_threshold() -%}
    {%- if execute and identity_is_incremental() and load_relation(this) is not none -%}
        {%- set same = run_all(['select count(*) from ' ~ this ~ ' where link_weight = ' ~ link_weight()]) -%}
        {%- if same == 0 -%}{%- do drop_identity_caches() -%}{%- endif -%}
    {%- endif -%}
{%- endmacro %}
