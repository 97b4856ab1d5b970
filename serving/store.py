"""The directory of releases: one directory a release, and the link `current`.

Names that begin with a dot are not releases: what is being built, what is being removed, the lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import rmtree as remove_tree
from uuid import uuid4

from core.durable_files import sync
from core.errors import ConfigurationError
from core.locks import locked
from core.settings import Settings
from serving.durable import switch_link

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
        """Directory of the current release, or None; the link itself is resolved.

        A reader must open this path and not go through the link: the link moves.
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
        """Makes this process the only publisher and sweeps what killed ones left.

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
    def aside(self) -> Iterator[Path]:
        """A private directory to build a release in; it vanishes unless `commit` takes it."""
        folder = self.root / f"{_BUILDING}{uuid4().hex[:12]}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            if folder.exists():
                remove_tree(folder)

    def commit(self, aside: Path, name: str) -> Path:
        """Turns a finished directory into release `name` and makes it the current one.

        Killed in between, the release exists and the old one stays current.
        """
        final = self.root / name
        aside.chmod(RELEASE_MODE)
        sync(aside)
        aside.rename(final)
        sync(self.root)
        switch_link(self.link, name)
        return final

    def prune(self, keep: int) -> list[str]:
        """Removes all but the newest `keep` releases, never the current one.

        Readers that hold a removed file open keep it until they close it.
        """
        return self.remove(path.name for path in self.releases()[: -max(keep, 1)])

    def remove(self, names: Iterable[str]) -> list[str]:
        """Removes these releases, never the current one; returns those that were there."""
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


def release_name(created_at: datetime, content: str) -> str:
    """A name that sorts by time and ends with what is inside: `20250102T030405678901Z-9f86d081`."""
    return f"{created_at:%Y%m%dT%H%M%S%fZ}-{content[:8]}"
