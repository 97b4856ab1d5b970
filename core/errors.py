"""The errors a user can meet: each is one clear line and carries its exit code."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


class AffiliateError(Exception):
    """A run that failed. The message says what happened and what to do, without row values."""

    exit_code = 1


class ConfigurationError(AffiliateError):
    """Settings, servers or keys that make a run impossible: nothing was started."""

    exit_code = 2


#: Names that are all listed; of more only those that look alike.
FEW = 12


def unknown(what: str, name: str, known: Collection[str]) -> ConfigurationError:
    """Somebody asked for what is not there: names what is.

    Args:
        what: Kind of thing, in the singular.
        name: What was asked for.
        known: What there is; nothing personal.
    """
    shown = sorted(known) if len(known) <= FEW else get_close_matches(name, known, n=5)
    if not known:
        hint = "there are none"
    elif shown:
        hint = f"{'there are' if len(known) <= FEW else 'close to it'}: {', '.join(shown)}"
    else:
        hint = f"none of the {len(known)} looks like it"
    return ConfigurationError(f"there is no {what} {name}; {hint}")
