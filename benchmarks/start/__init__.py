"""What Dagster costs here: start-up, and a run's overhead over its work, each beside its floor."""
