{{ config(materialized='graph', algorithm='mutual_best') }}

select * from {{ ref('int_identity__component_pairs') }}
