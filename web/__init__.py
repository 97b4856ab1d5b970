"""The web pages at one address: start page, dashboard, Dagster UI, dbt docs, data quality."""
