{# Deals are an affiliate's own, so that both grains hold the same. #}
select
    affiliate_id,
    dimension,
    {%- for measure in funnel_measures() %}
    {{ measure }},
    {%- endfor %}
    value
from {{ ref('own_sales_funnel_breakdown') }}
