-- Everything that an attached file defines, with its kind.
select
    table_name as name,
    'table' as kind
from duckdb_tables()
where database_name = $database
union all
select
    view_name as name,
    'view' as kind
from duckdb_views()
where database_name = $database and not internal
union all
select
    function_name as name,
    'function' as kind
from duckdb_functions()
where database_name = $database and not internal
union all
select
    type_name as name,
    'type' as kind
from duckdb_types()
where database_name = $database and not internal
