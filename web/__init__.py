"""One address for people: a start page, the Dagster UI, dbt docs and data-quality pages."""
