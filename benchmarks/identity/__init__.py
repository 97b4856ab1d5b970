"""How well records are brought together to persons, and how fast: `python -m` this package.

Every contender is a process of its own and gets the same normalised records; who they are is known
to the judge alone.
"""
