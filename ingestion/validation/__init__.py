"""Validates messages against the schemas of their contract, a whole batch at a time."""
