"""Labelled records out of other people's packages: `python -m` this package, in their environment.

Nothing here may import the platform, whose packages these do not get along with.
"""
