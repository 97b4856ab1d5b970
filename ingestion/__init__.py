"""From the affiliates' PostgreSQL tables and Kafka topics to an immutable landing zone.

Plain Python: no Dagster here, and no business rules (those are SQL in `dbt_project/`).
"""
