{# Every non-null value lies in the closed interval. #}
{% test value_between(model, column_name, lowest, highest) %}
select {{ column_name }}
from {{ model }}
where {{ column_name }} < {{ lowest }} or {{ column_name }} > {{ highest }}
{% endtest %}
