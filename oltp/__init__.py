"""The affiliates' PostgreSQL: its schema, and the sample world that fills it and emits events.

The pipeline never imports this package; it knows the OLTP by its contract alone.
"""
