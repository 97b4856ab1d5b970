{{ config(materialized='graph', algorithm='mutual_best') }}
{# Edges: all pairs within components of this run that are doubtful, that is, contain a pair without
   a link or with a veto. #}
with components as (
    select components.*
    from {{ ref('int_identity__components') }} as components
    {%- if identity_is_incremental() %}
    inner join {{ ref('int_identity__affected_records') }} as affected
        on components.record_id = affected.record_id
    {%- endif %}
    where components.component_records > 1
),

links as (
    select
        components.component_id,
        count(*) as links
    from {{ ref('int_identity__pair_weights') }} as pairs
    inner join components on pairs.left_record_id = components.record_id
    inner join components as others
        on
            pairs.right_record_id = others.record_id
            and components.component_id = others.component_id
    where pairs.rule is not null and pairs.veto is null
    group by components.component_id
),

doubtful as (
    select components.*
    from components
    inner join links on components.component_id = links.component_id
    where
        components.component_records > 2
        and links.links < components.component_records * (components.component_records - 1) / 2
),

pairs as (
    select
        a.record_id as left_record_id,
        b.record_id as right_record_id
    from doubtful as a
    inner join doubtful as b
        on a.component_id = b.component_id and {{ precedes('a.record_id', 'b.record_id') }}
),

scored as (
    {{ score_pairs('pairs', are_few=true) }}
)

select
    left_record_id,
    right_record_id,
    case
        when decision = 'same' then 2000000000
        when veto = 'identifier_conflict'
            then scored.total_weight - weights.cut_weight - weights.identifier_exact
        else scored.total_weight - weights.cut_weight
    end as weight,
    coalesce(veto <> 'identifier_conflict', false) as is_vetoed
from scored
cross join {{ ref('int_identity__weights') }} as weights
