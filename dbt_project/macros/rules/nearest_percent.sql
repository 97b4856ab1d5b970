{# A positive amount of money rounded to a grid of at most 1 % of it: 1234.56 becomes 1230, 3456.78
   becomes 3460, 7777.00 becomes 7800. Amounts below 1 keep their cents. The amount is a double;
   uses `floor` because engines round halves in different directions. #}
{% macro nearest_percent(amount) -%}
    case
        {%- for digits in range(12, 0, -1) %}
        {%- for first in [5, 2, 1] %}
        {%- set unit = first * 10 ** (digits - 1) %}
        when {{ amount }} >= {{ unit }}
            then floor({{ amount }} / {{ unit / 100 }} + 0.5) * {{ unit / 100 }}
        {%- endfor %}
        {%- endfor %}
        else {{ amount }}
    end
{%- endmacro %}
