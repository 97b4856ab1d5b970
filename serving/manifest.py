"""`manifest.json`: the description of a release."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.durable_files import write_new
from core.errors import AffiliateError

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class TableEntry:
    """One table of a release file.

    Attributes:
        rows: Number of rows.
        key: Columns that identify a row; checked to be unique and never null.
        content: Fingerprint of all rows; it does not depend on their order.
    """

    rows: int
    key: tuple[str, ...]
    content: str


@dataclass(frozen=True)
class FileEntry:
    """One file of a release, by its path inside the release.

    Attributes:
        sha256: Checksum of the file, in hex.
        bytes: Its size.
        tables: Its tables by name.
        checks: Names of the checks that it passed.
        affiliate_id: The affiliate whose file it is; None for the company's internal file.
        encrypted: Whether the file is encrypted.
    """

    sha256: str
    bytes: int
    tables: dict[str, TableEntry]
    checks: tuple[str, ...]
    affiliate_id: int | None = None
    encrypted: bool = False


@dataclass(frozen=True)
class Release:
    """A published release.

    Attributes:
        release: Its name; names sort by time of publication.
        as_of: The instant every relative measure uses.
        engine: Engine of the warehouse.
        created_at: When it was published.
        landing_position: Highest manifest entry of the landing zone that is in it; None if none.
        files: Its files by path.
        affiliates_without_file: Active affiliates whose slug cannot be the name of a file.
        versions: Versions of the software that wrote it.
        path: Its directory; not part of the manifest.
    """

    release: str
    as_of: datetime
    engine: str
    created_at: datetime
    landing_position: int | None
    files: dict[str, FileEntry]
    affiliates_without_file: tuple[int, ...]
    versions: dict[str, str]
    path: Path

    def as_json(self) -> dict[str, Any]:
        """The manifest and the path, as values that JSON knows."""
        instants = {"as_of": self.as_of.isoformat(), "created_at": self.created_at.isoformat()}
        return {**asdict(self), **instants, "path": str(self.path)}

    def write(self, folder: Path) -> None:
        """Writes the manifest durably into `folder`."""
        content = self.as_json()
        del content["path"]
        write_new(folder / MANIFEST, f"{json.dumps(content, indent=2)}\n".encode(), 0o440)


def read_release(folder: Path) -> Release:
    """Reads the release in `folder`.

    Raises:
        AffiliateError: the directory holds no complete release.
    """
    try:
        content = json.loads((folder / MANIFEST).read_bytes())
        files = {path: _file(entry) for path, entry in content.pop("files").items()}
        for instant in ("as_of", "created_at"):
            content[instant] = datetime.fromisoformat(content[instant])
        content["affiliates_without_file"] = tuple(content.get("affiliates_without_file", ()))
        return Release(**content, files=files, path=folder)
    except (OSError, ValueError, TypeError, KeyError):
        raise AffiliateError(f"{folder} is not a complete release") from None


def _file(entry: dict[str, Any]) -> FileEntry:
    tables = {
        name: TableEntry(table["rows"], tuple(table["key"]), table["content"])
        for name, table in entry["tables"].items()
    }
    return FileEntry(**{**entry, "tables": tables, "checks": tuple(entry["checks"])})
