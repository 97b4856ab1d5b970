-- Descriptions of a mart's columns; the one without a column is of the mart itself.
select
    null as column_name,
    comment
from duckdb_tables()
where database_name = $warehouse and schema_name = $mart_schema and table_name = $mart
union all
select
    column_name,
    comment
from duckdb_columns()
where database_name = $warehouse and schema_name = $mart_schema and table_name = $mart
