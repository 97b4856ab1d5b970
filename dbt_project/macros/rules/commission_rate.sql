{# Query of order lines with the commission in percent that was agreed for them on `commission_day`:
   for the product, otherwise for its category, otherwise for everything the affiliate sells; null
   without any. #}
{% macro commission_rate(lines) -%}
    select
        {{ lines }}.*,
        coalesce(of_product.percent, of_category.percent, of_all.percent) as commission_percent
    from {{ lines }}
    left join {{ ref('stg_oltp__products') }} as products
        on
            {{ lines }}.affiliate_id = products.affiliate_id
            and {{ lines }}.product_id = products.product_id
    {%- for kind, condition in {
        'of_product': lines ~ '.product_id = of_product.product_id',
        'of_category': 'of_category.product_id is null'
            ~ ' and lower(trim(products.category)) = of_category.category',
        'of_all': 'of_all.product_id is null and of_all.category is null',
    }.items() %}
    left join {{ ref('commission_rates') }} as {{ kind }}
        on
            {{ lines }}.affiliate_id = {{ kind }}.affiliate_id
            and {{ condition }}
            and {{ lines }}.commission_day >= {{ kind }}.valid_from
            and {{ lines }}.commission_day <= coalesce({{ kind }}.valid_to, cast('9999-12-31' as date))
    {%- endfor %}
{%- endmacro %}
