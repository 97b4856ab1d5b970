{# The columns of int_deals__signals: expressions by name, null for columns that a signal does not
   have. #}
{% macro deal_signal(values) -%}
    {%- set columns = {
        'affiliate_id': 'affiliate_id',
        'deal_id': 'deal_id',
        'happened_at': 'happened_at',
        'instant_rank': '9',
        'signal_id': 'signal_id',
        'signal_source': "''",
        'kind': "'activity'",
        'stage': 'cast(null as text)',
        'reason_code': 'cast(null as text)',
        'owner_id': 'cast(null as bigint)',
        'amount': 'cast(null as decimal(18, 2))',
        'currency': 'cast(null as text)',
        'alive_until': 'happened_at',
        'planned_at': 'cast(null as timestamptz)',
        'is_reopening': 'false',
        'is_demo_scheduled': 'false'
    } -%}
    {%- for name, nothing in columns.items() %}
    {{ values.get(name, nothing) }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
