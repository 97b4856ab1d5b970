-- Tables of one schema that have rows of an affiliate's customers.
select table_name
from duckdb_columns()
where
    database_name = $database
    and schema_name = $schema_name
    and column_name in ('affiliate_id', $customer_column)
group by table_name
having count(*) = 2
order by table_name
