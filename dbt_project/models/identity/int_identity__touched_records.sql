{# Records to compare again: the changed ones, and all that hold a key whose class changed. #}
select record_id from {{ ref('int_identity__changed_records') }}
{% if identity_is_incremental() %}
{%- for kind in (identity_identifiers().keys() | list) + (identity_blocks().keys() | list) %}
union
select record_id
from {{ identity_cache('int_identity__match_records') }}
where {{ identity_column(kind) }} in (
    select key_value from {{ ref('int_identity__changed_keys') }}
    where kind = '{{ kind }}' and has_changed
)
{%- endfor %}
{% endif %}
