"""What the marts cost: as one SQL script, by dbt, through Dagster, and on PostgreSQL."""
