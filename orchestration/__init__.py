"""The Dagster project: assets that call the layers below, jobs, schedules and resources.

`definitions.py` and `defs/` are what Dagster loads. The modules beside them are complete operations
for the command line and other programs: run a job, erase a customer, create a demo.
"""
