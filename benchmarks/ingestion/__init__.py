"""How near ingestion is to its limits, and how far from what others do: `python -m` this package.

Every contender is a process of its own: fresh memory, and the peers in their own environment.
"""
