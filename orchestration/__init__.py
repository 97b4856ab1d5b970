"""The Dagster side: assets that call the other rooms, their job, schedule and resources."""
