"""Asset definitions, one folder per area."""
