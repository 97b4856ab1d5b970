"""Asset definitions, one folder per room of the platform."""
