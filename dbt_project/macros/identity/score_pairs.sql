{# Scores pairs of records: the Fellegi-Sunter weight field by field, the rule by which they may be
   one person, and the veto why they cannot be. `pairs` is a relation or CTE with left_record_id and
   right_record_id, in byte order. If the pairs `are_few`, their records are selected once, and not
   for each end. #}
{% macro score_pairs(pairs, are_few=false) -%}
    {%- set fields = identity_levels().keys() | list -%}
    {%- set records = 'ends' if are_few else ref('int_identity__match_records') -%}
    with {% if are_few -%}
    ends as materialized (
        select {{ scored_columns() | join(', ') }}
        from {{ ref('int_identity__match_records') }}
        where record_id in (
            select left_record_id from {{ pairs }}
            union
            select right_record_id from {{ pairs }}
        )
    ),

    {% endif -%}
    weighed as (
        select
            a.record_id as left_record_id,
            b.record_id as right_record_id,
            {%- for field in fields %}
            {{ field_weight(field) }} as {{ field }}_weight,
            {%- endfor %}
            {%- for kind, key in identity_identifiers().items() %}
            {{ key | replace('r.', 'a.') }} = {{ key | replace('r.', 'b.') }} and a.{{ kind }}_class = 'personal'
                as has_{{ kind }},
            {%- endfor %}
            {{ identity_veto() }} as natural_veto,
            decisions.decision,
            weights.link_weight,
            weights.cut_weight
        from {{ pairs }} as pairs
        inner join {{ records }} as a
            on pairs.left_record_id = a.record_id
        inner join {{ records }} as b
            on pairs.right_record_id = b.record_id
        cross join {{ ref('int_identity__weights') }} as weights
        left join {{ ref('identity_term_weights') }} as terms_first_name
            on
                a.first_name = terms_first_name.term
                and terms_first_name.field = 'first_name'
                and terms_first_name.version = weights.version
        left join {{ ref('identity_term_weights') }} as terms_surname
            on
                a.surname = terms_surname.term
                and terms_surname.field = 'surname'
                and terms_surname.version = weights.version
        left join {{ ref('stg_identity__decisions') }} as decisions
            on
                pairs.left_record_id = decisions.left_record_id
                and pairs.right_record_id = decisions.right_record_id
    ),

    summed as (
        select
            *,
            {{ fields | join('_weight + ') }}_weight as total_weight,
            first_name_weight + surname_weight as name_weight
        from weighed
    )

    select
        left_record_id,
        right_record_id,
        {%- for field in fields %}
        cast({{ field }}_weight as integer) as {{ field }}_weight,
        {%- endfor %}
        cast(total_weight as integer) as total_weight,
        case
            when decision = 'same' then 'steward'
            when
                total_weight >= link_weight
                and case when name_weight > 0 then 1 else 0 end
                + case when birth_date_weight > 0 then 1 else 0 end
                + case when email_weight > 0 then 1 else 0 end
                + case when phone_weight > 0 then 1 else 0 end
                + case when identifier_weight > 0 then 1 else 0 end
                + case when postal_code_weight > 0 then 1 else 0 end >= 2
                then 'weight'
            when
                ({% for kind in identity_identifiers() %}{{ 'or ' if not loop.first }}has_{{ kind }} {% endfor %})
                and first_name_weight >= 0 and surname_weight >= 0 and name_weight > 0
                and birth_date_weight >= 0
                then 'identifier'
            when has_identifier and total_weight >= cut_weight then 'identifier'
        end as rule,
        case
            when decision = 'different' then 'steward'
            when decision is null then natural_veto
        end as veto,
        decision
    from summed
{%- endmacro %}

{# Columns of int_identity__match_records that levels and vetoes read. #}
{% macro scored_columns() -%}
    {%- set classes = [] -%}
    {%- for kind in identity_identifiers() -%}{%- do classes.append(kind ~ '_class') -%}{%- endfor -%}
    {{ return(
        ['record_id', 'birth_text', 'name_variants'] + classes
        + (identity_compared_columns() | reject('in', ['affiliate_id', 'affiliate_customer_id']) | list)
    ) }}
{%- endmacro %}
