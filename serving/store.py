"""The directory of releases: one directory per release, and the link `current`.

A name that begins with a dot is not a release: it is a build in progress, a release that is being
removed, or the lock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import rmtree as remove_tree
from uuid import uuid4

from core.durable_files import sync
from core.errors import ConfigurationError
from core.locks import locked
from core.settings import Settings

_BUILDING, _REMOVING = ".building-", ".removing-"
#: The owner writes, the owner's group reads, others see nothing: access is given by group.
RELEASE_MODE, FILE_MODE = 0o750, 0o440


class ReleaseStore:
    """Releases below one directory.

    Args:
        root: The directory; created by `writing`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.link = root / "current"

    def current(self) -> Path | None:
        """Directory of the current release, with the link resolved; None if there is none.

        Readers must open this path instead of the link, because the link moves.
        """
        path = self.link.resolve()
        return path if path.is_dir() and path != self.link else None

    def releases(self) -> list[Path]:
        """All complete releases, oldest first."""
        if not self.root.is_dir():
            return []
        return sorted(
            path
            for path in self.root.iterdir()
            if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
        )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Makes this process the only publisher, and deletes what killed publishers left.

        Raises:
            AffiliateError: another process is publishing.
        """
        self.root.mkdir(mode=RELEASE_MODE, parents=True, exist_ok=True)
        sync(self.root.parent)
        with locked(self.root / ".lock", busy="another process is publishing: wait for it to end"):
            for leftover in (*self.root.glob(f"{_BUILDING}*"), *self.root.glob(f"{_REMOVING}*")):
                remove_tree(leftover)
            yield

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A private directory to build a release in; deleted at the end unless committed."""
        folder = self.root / f"{_BUILDING}{uuid4().hex[:12]}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            if folder.exists():
                remove_tree(folder)

    def commit(self, building: Path, name: str) -> Path:
        """Turns a finished directory into release `name` and makes it the current one.

        After a crash in between, the release exists and the previous one is still current.
        """
        final = self.root / name
        building.chmod(RELEASE_MODE)
        sync(building)
        building.rename(final)
        sync(self.root)
        switch_link(self.link, name)
        return final

    def prune(self, keep: int) -> list[str]:
        """Removes all but the newest `keep` releases, and never the current one.

        A reader that has a removed file open can use it until it closes it.
        """
        return self.remove(path.name for path in self.releases()[: -max(keep, 1)])

    def remove(self, names: Iterable[str]) -> list[str]:
        """Removes these releases, never the current one; returns the names of those removed."""
        current, wanted = self.current(), set(names)
        old = [path for path in self.releases() if path.name in wanted and path != current]
        for path in old:
            doomed = path.with_name(f"{_REMOVING}{path.name}")
            path.rename(doomed)
            remove_tree(doomed)
        return [path.name for path in old]


def current_release(settings: Settings) -> Path:
    """Directory of the current release.

    Raises:
        ConfigurationError: there is none.
    """
    path = ReleaseStore(settings.releases_path).current()
    if path is None:
        raise ConfigurationError("there is no release yet: run `affiliate run` first")
    return path


def published_releases(settings: Settings) -> list[str]:
    """Names of all releases, oldest first."""
    return [path.name for path in ReleaseStore(settings.releases_path).releases()]


def remove_releases(settings: Settings, names: Collection[str]) -> list[str] | None:
    """Removes releases that contain an erased person, once a newer release is current.

    Args:
        settings: Where releases are.
        names: The releases that contain the person.

    Returns:
        Names of the removed releases; None if the current release is one of `names`, in which case
        nothing is removed.

    Raises:
        AffiliateError: another process is publishing.
    """
    store = ReleaseStore(settings.releases_path)
    current = store.current()
    if current is None or current.name in names:
        return None
    with store.writing():
        return store.remove(names)


def release_name(created_at: datetime, content: str) -> str:
    """A name that sorts by time and ends with a content hash: `20250102T030405678901Z-9f86d081`."""
    return f"{created_at:%Y%m%dT%H%M%S%fZ}-{content[:8]}"


def switch_link(link: Path, target: str) -> None:
    """Points a symbolic link at `target`; a reader sees the old target or the new one.

    Args:
        link: The link; created or replaced.
        target: Name relative to the link's directory.
    """
    temporary = link.with_name(f".{link.name}-switching")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
    sync(link.parent)
