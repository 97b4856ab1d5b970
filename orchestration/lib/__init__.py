"""What the definitions share; testable without a Dagster instance."""
