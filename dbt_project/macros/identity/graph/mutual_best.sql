{# Splits components into people: merges clusters that are each other's best match, round after
   round, while the sum of their weights is not negative and no veto stands between them. For equal
   weights, the pair with the first record in byte order goes first, so the order of rows does not
   matter. Edges: left_record_id, right_record_id, weight, is_vetoed, for all pairs of a component.
   Result: record_id, cluster_id (its first record in byte order). #}
{% macro mutual_best(work) -%}
    {%- set state = namespace(merges=run_all([
        remake(work.nodes, number_the_nodes(work.edges)),
        remake(work.labels, 'select node, node as label from ' ~ work.nodes),
        remake(work.links, '
            select
                a.node as source, b.node as target, cast(edges.weight as bigint) as weight, 1 as pairs,
                case when edges.is_vetoed then 1 else 0 end as vetoes
            from ' ~ work.edges ~ ' as edges
            inner join ' ~ work.nodes ~ ' as a on edges.left_record_id = a.record_id
            inner join ' ~ work.nodes ~ ' as b on edges.right_record_id = b.record_id'),
        remake(work.next, mutual_pairs(work.links)),
        count_rows(work.next),
    ])) -%}
    {%- for _ in range(1000) if state.merges > 0 -%}
        {%- set state.merges = run_all(merge_clusters(work) + [
            remake(work.next, mutual_pairs(work.links)), count_rows(work.next)
        ]) -%}
    {%- endfor -%}
    {%- do run_all([remake(work.result, '
        select nodes.record_id, firsts.record_id as cluster_id
        from ' ~ work.labels ~ ' as labels
        inner join ' ~ work.nodes ~ ' as nodes on labels.node = nodes.node
        inner join ' ~ work.nodes ~ ' as firsts on labels.label = firsts.node')]) -%}
{%- endmacro %}

{# Pairs of clusters that are each other's best match: kept < lost. #}
{% macro mutual_pairs(links) -%}
    with eligible as (
        select
            case when source < target then source else target end as kept,
            case when source < target then target else source end as lost,
            cast(weight as double precision) / pairs as mean_weight
        from {{ links }}
        where vetoes = 0 and weight >= 0
    ),

    ends as (
        select kept as node, kept, lost, mean_weight from eligible
        union all
        select lost as node, kept, lost, mean_weight from eligible
    ),

    best as (
        select
            kept,
            lost,
            row_number() over (partition by node order by mean_weight desc, kept, lost) as place
        from ends
    )

    select
        kept,
        lost
    from best
    where place = 1
    group by kept, lost
    having count(*) = 2
{%- endmacro %}

{# Statements that replace the lost cluster by the kept one in labels and links. #}
{% macro merge_clusters(work) -%}
    {{ return([
        'update ' ~ work.labels ~ ' set label = merges.kept
        from ' ~ work.next ~ ' as merges where label = merges.lost',
        remake(work.result, '
            with renamed as (
                select
                    coalesce(a.kept, links.source) as source,
                    coalesce(b.kept, links.target) as target,
                    links.weight, links.pairs, links.vetoes
                from ' ~ work.links ~ ' as links
                left join ' ~ work.next ~ ' as a on links.source = a.lost
                left join ' ~ work.next ~ ' as b on links.target = b.lost
            )
            select
                case when source < target then source else target end as source,
                case when source < target then target else source end as target,
                cast(sum(weight) as bigint) as weight, cast(sum(pairs) as bigint) as pairs,
                max(vetoes) as vetoes
            from renamed
            where source <> target
            group by 1, 2'),
        remake(work.links, 'select * from ' ~ work.result),
    ]) }}
{%- endmacro %}
