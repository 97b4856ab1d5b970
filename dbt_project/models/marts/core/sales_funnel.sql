{# Deals are an affiliate's own, so that both grains hold the same. #}
select
    affiliate_id,
    cohort_month,
    {%- for measure in funnel_measures() %}
    {{ measure }},
    {%- endfor %}
    is_mature
from {{ ref('own_sales_funnel') }}
