{# Groups of records that are linked directly or through others. Edges: left_record_id,
   right_record_id, weight. Result: record_id, component_id (its first record in byte order),
   component_records, and origin_id, which is the component before it was split for its size.

   A component of more than `identity_component_cap` records is split: its weakest links are removed,
   a step of `identity_component_step` millibits at a time, until the rest is small enough. A giant
   component is usually one bad identifier and not one person, so in the end it loses all links
   except those made by a steward: a hundred steps are far more than evidence can weigh. #}
{% macro connected_components(work) -%}
    {%- set cap = var('identity_component_cap') -%}
    {%- set step = var('identity_component_step') -%}
    {%- do run_all([
        remake(work.nodes, number_the_nodes(work.edges)),
        remake(work.arcs, '
            select a.node as source, b.node as target, edges.weight
            from ' ~ work.edges ~ ' as edges
            inner join ' ~ work.nodes ~ ' as a on edges.left_record_id = a.record_id
            inner join ' ~ work.nodes ~ ' as b on edges.right_record_id = b.record_id'),
        remake(work.labels, 'select node, node as label from ' ~ work.nodes),
    ]) -%}
    {%- do spread_labels(work, 'select source, target from ' ~ work.arcs) -%}
    {%- set giants = '
        select label from ' ~ work.labels ~ ' group by label having count(*) > ' ~ cap -%}
    {%- set count_giants = 'select count(*) from (' ~ giants ~ ') as giants' -%}
    {%- set state = namespace(floor=0, giants=run_all([
        remake(work.origins, 'select * from ' ~ work.labels), count_giants
    ])) -%}
    {%- for _ in range(100) if state.giants > 0 -%}
        {%- set state.floor = state.floor + step -%}
        {%- set within = ' in (select node from ' ~ work.next ~ ')' -%}
        {%- do run_all([
            remake(work.next, 'select node from ' ~ work.labels ~ ' where label in (' ~ giants ~ ')'),
            'delete from ' ~ work.arcs ~ ' where weight < ' ~ state.floor ~ ' and source' ~ within,
            'update ' ~ work.labels ~ ' set label = node where node' ~ within,
        ]) -%}
        {%- do spread_labels(
            work, 'select source, target from ' ~ work.arcs ~ ' where source' ~ within
        ) -%}
        {%- set state.giants = run_all([count_giants]) -%}
    {%- endfor -%}
    {%- do run_all([remake(work.result, '
        select
            nodes.record_id,
            firsts.record_id as component_id,
            count(*) over (partition by labels.label) as component_records,
            origin_records.record_id as origin_id
        from ' ~ work.labels ~ ' as labels
        inner join ' ~ work.nodes ~ ' as nodes on labels.node = nodes.node
        inner join ' ~ work.nodes ~ ' as firsts on labels.label = firsts.node
        inner join ' ~ work.origins ~ ' as origins on labels.node = origins.node
        inner join ' ~ work.nodes ~ ' as origin_records on origins.label = origin_records.node')]) -%}
{%- endmacro %}

{# Records of the edges with dense numbers in byte order, which join faster than text. #}
{% macro number_the_nodes(edges) -%}
    select
        record_id,
        cast(row_number() over (order by {{ binary_order('record_id') }}) as integer) as node
    from (
        select left_record_id as record_id from {{ edges }}
        union
        select right_record_id as record_id from {{ edges }}
    ) as ends
{%- endmacro %}

{# Gives all nodes that the arcs connect the same label, the smallest. In each round every node
   takes the smallest label around it, and that label's own label; then nodes with one label become
   one node, and the next round works on the arcs between different ones, few after the first round.
   They are relabelled one end at a time, because DuckDB may start a three-way join with the
   inequality. #}
{% macro spread_labels(work, arcs) -%}
    {%- set state = namespace(links=run_all([
        remake(work.links, '
            select source, target from (' ~ arcs ~ ') as arcs
            union all
            select target as source, source as target from (' ~ arcs ~ ') as arcs'),
        count_rows(work.links),
    ])) -%}
    {%- for _ in range(1000) if state.links > 0 -%}
        {%- set state.links = run_all([
            remake(work.moves, '
                with lowest as (
                    select
                        source as node,
                        case when min(target) < source then min(target) else source end as label
                    from ' ~ work.links ~ '
                    group by source
                )
                select lowest.node, jumped.label
                from lowest
                inner join lowest as jumped on lowest.label = jumped.node'),
            'update ' ~ work.labels ~ ' set label = moves.label
            from ' ~ work.moves ~ ' as moves
            where ' ~ work.labels.identifier ~ '.label = moves.node and moves.label < moves.node',
            remake(work.result, '
                select moves.label as source, links.target
                from ' ~ work.links ~ ' as links
                inner join ' ~ work.moves ~ ' as moves on links.source = moves.node'),
            remake(work.links, '
                select distinct links.source, moves.label as target
                from ' ~ work.result ~ ' as links
                inner join ' ~ work.moves ~ ' as moves on links.target = moves.node
                where links.source <> moves.label'),
            count_rows(work.links),
        ]) -%}
    {%- endfor -%}
{%- endmacro %}
