{# The weight of evidence of one field for a pair, in millibits (1000 = 1 bit = odds doubled): a
   CASE over the levels of identity_levels(). Needs the rows `a`, `b` and `weights`, and for names
   `terms_<field>`, whose weight replaces that of `exact` for a common name. #}
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
