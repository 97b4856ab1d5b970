{# Deals are an affiliate's own, so that both grains hold the same. #}
select
    affiliate_id,
    dimension,
    value
    {%- for measure in funnel_measures() %},
    {{ measure }}
    {%- endfor %}
from {{ ref('own_sales_funnel_breakdown') }}
