"""What leaves the pipeline: releases, the checks that guard them, and how they are read.

Plain Python: no Dagster here, and no business rules (those are SQL in `dbt_project/`).
"""
