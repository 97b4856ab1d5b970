{# Keys of the changed records, old and new, with a profile of the records that hold them now. A
   full run lists only keys that are not personal or open. #}
{%- set incremental = identity_is_incremental() -%}
{%- set kept = identity_cache('int_identity__match_records') if incremental -%}
{%- set kept_profiles = identity_cache('int_identity__key_profiles') if incremental -%}
{%- set identifiers = identity_identifiers() -%}
{%- set keys = {} -%}
{%- do keys.update(identifiers) -%}
{%- do keys.update(identity_blocks()) -%}
{#- columns that keys and profiles are computed from: a scan of all records reads no others -#}
{%- set compared = [
    'affiliate_id', 'email_key', 'phone_key', 'identifier_key', 'first_name', 'surname',
    'birth_date', 'birth_text', 'postal_code'
] -%}

with {% if not incremental -%}
records as materialized (
    select * from {{ identity_rows(ref('int_identity__normalised_records')) }} as records
),
{% else -%}
changed as materialized (
    select
        records.{{ compared | join(',\n        records.') }}
    from {{ identity_rows(
        ref('int_identity__normalised_records'), ref('int_identity__changed_records')
    ) }} as records
),

former as materialized (
    select
        kept.{{ compared | join(',\n        kept.') }}
    from {{ kept }} as kept
    inner join {{ ref('int_identity__changed_records') }} as changed
        on kept.record_id = changed.record_id
),

moved as materialized (
    {%- for kind, key in keys.items() %}
    select '{{ kind }}' as kind, {{ key }} as key_value from changed as r where {{ key }} is not null
    union
    select '{{ kind }}' as kind, {{ key }} as key_value from former as r where {{ key }} is not null
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
),
{% endif %}
profiles as (
    {%- for kind, key in keys.items() %}
    select
        '{{ kind }}' as kind,
        key_value,
        count(*) as records,
        count(distinct affiliate_id) as affiliates,
        {%- if kind in identifiers %}
        count(distinct birth_date) as birth_dates,
        count(distinct case when length(first_name) > 1 then first_name end) as first_names
        {%- else %}
        cast(null as bigint) as birth_dates,
        cast(null as bigint) as first_names
        {%- endif %}
    from (
        select
            {{ key }} as key_value,
            r.affiliate_id,
            r.birth_date,
            r.first_name
        from {% if incremental %}changed{% else %}records{% endif %} as r
        {%- if incremental %}
        where {{ key }} is not null
        union all
        select r.{{ identity_column(kind) }} as key_value, r.affiliate_id, r.birth_date, r.first_name
        from {{ kept }} as r
        where
            r.{{ identity_column(kind) }} in (select key_value from moved where kind = '{{ kind }}')
            and r.record_id not in (select record_id from {{ ref('int_identity__changed_records') }})
        {%- else %}
        where
            {{ key }} in (
                select {{ key | replace('r.', 's.') }} from records as s
                group by {{ key | replace('r.', 's.') }}
                having count(*) > {{ 1 if kind in identifiers else identity_block_cap(kind) }}
            )
        {%- endif %}
    ) as holders
    group by key_value
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

classed as (
    select
        *,
        {{ key_class() }} as key_class
    from profiles
)

{% if incremental %}
select
    moved.kind,
    moved.key_value,
    coalesce(classed.records, 0) as records,
    coalesce(classed.affiliates, 0) as affiliates,
    classed.birth_dates,
    classed.first_names,
    coalesce(classed.key_class, 'personal') in ('personal', 'open') as is_plain,
    classed.key_class,
    coalesce(nullif(classed.key_class, 'open'), 'personal') <> coalesce(kept.key_class, 'personal')
        as has_changed
from moved
left join classed on moved.kind = classed.kind and moved.key_value = classed.key_value
left join {{ kept_profiles }} as kept
    on moved.kind = kept.kind and moved.key_value = kept.key_value
{% else %}
select
    *,
    false as is_plain,
    true as has_changed
from classed
where key_class not in ('personal', 'open')
{% endif %}
