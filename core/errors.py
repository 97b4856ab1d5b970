"""Errors shown to users: each is one clear line and has an exit code."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


class AffiliateError(Exception):
    """A failed run. The message says what happened and what to do; it contains no row values."""

    exit_code = 1


class ConfigurationError(AffiliateError):
    """Settings, servers or keys prevent a run; nothing was started."""

    exit_code = 2


#: Up to this many known names are all listed; of more, only similar ones.
MAX_LISTED = 12


def unknown(what: str, name: str, known: Collection[str]) -> ConfigurationError:
    """Return an error for a name that does not exist; it lists the known or similar names.

    Args:
        what: Kind of thing, in the singular.
        name: The unknown name.
        known: All existing names; no personal data.
    """
    shown = sorted(known) if len(known) <= MAX_LISTED else get_close_matches(name, known, n=5)
    if not known:
        hint = "there are none"
    elif shown:
        listed = "there are" if len(known) <= MAX_LISTED else "similar names"
        hint = f"{listed}: {', '.join(shown)}"
    else:
        hint = f"none of the {len(known)} is similar"
    return ConfigurationError(f"there is no {what} {name}; {hint}")
