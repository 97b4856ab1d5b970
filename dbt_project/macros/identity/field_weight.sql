{# The weight of evidence that one field gives a pair, in millibits (1000 = 1 bit = odds doubled):
   a CASE over the levels of identity_levels(). Needs the rows `a`, `b` and `weights`, and for names
   `terms_<field>`, whose weight takes the place of `exact` where the name is a common one. #}
{% macro field_weight(field) -%}
    case
    {%- for level, condition in identity_levels()[field] %}
        when {{ condition }} then
        {%- if level in ('missing', 'junk') %} 0
        {%- elif level == 'exact' and field in ('first_name', 'surname') %}
            coalesce(terms_{{ field }}.weight, weights.{{ field }}_exact)
        {%- else %} weights.{{ field }}_{{ level }}
        {%- endif %}
    {%- endfor %}
    end
{%- endmacro %}
