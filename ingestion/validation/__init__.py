"""Validate batches of messages against the schemas of their contract."""
