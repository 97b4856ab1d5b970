{# A deal belongs to one affiliate, so both grains hold the same rows. #}
select
    affiliate_id,
    cohort_month,
    {%- for measure in funnel_measures() %}
    {{ measure }},
    {%- endfor %}
    is_mature
from {{ ref('own_sales_funnel') }}
