"""Releases that hold somebody who was erased are removed once a newer one took their place."""

from __future__ import annotations

from collections.abc import Collection

from core.settings import Settings
from serving.store import ReleaseStore


def published(settings: Settings) -> list[str]:
    """Names of the releases there are."""
    return [path.name for path in ReleaseStore(settings.releases_path).releases()]


def withdraw(settings: Settings, names: Collection[str]) -> list[str] | None:
    """Removes releases with all their files; readers that hold one open keep it until they close.

    Args:
        settings: Where releases are.
        names: Those that hold the person.

    Returns:
        Names of those that were still there; None if the current one is among them, and nothing
        was removed.

    Raises:
        AffiliateError: another process is publishing.
    """
    store = ReleaseStore(settings.releases_path)
    current = store.current()
    if current is None or current.name in names:
        return None
    with store.writing():
        return store.remove(names)
