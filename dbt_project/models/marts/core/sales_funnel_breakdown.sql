{# A deal belongs to one affiliate, so both grains hold the same rows. #}
select
    affiliate_id,
    dimension,
    {%- for measure in funnel_measures() %}
    {{ measure }},
    {%- endfor %}
    value
from {{ ref('own_sales_funnel_breakdown') }}
