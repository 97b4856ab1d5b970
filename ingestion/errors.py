"""The errors a user can meet: each is one clear line and carries its exit code."""

from __future__ import annotations


class AffiliateError(Exception):
    """A run that failed. The message says what happened and what to do, without row values."""

    exit_code = 1


class ConfigurationError(AffiliateError):
    """Settings, servers or keys that make a run impossible: nothing was started."""

    exit_code = 2
