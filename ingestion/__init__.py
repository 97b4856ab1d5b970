"""Ingest PostgreSQL tables and Kafka topics of the affiliates into an immutable landing zone.

This package imports no Dagster and has no business rules; those are SQL in `dbt_project/`.
"""
