"""Erasure requests: one file each, from the request to the receipt.

The file of an open request holds what is needed to continue after a crash: the records that it
covers, and the values to search for at the end. The receipt that replaces it holds only counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast

from core.durable_files import make_directory, sync, write_new
from core.errors import AffiliateError
from ingestion.landing.tombstones import Record

Scope = Literal["affiliate", "all"]
SCOPES: tuple[Scope, ...] = ("affiliate", "all")
#: `requested`: new. `resolved`: the covered records are known. `landed`: removed from the landing
#: zone and the warehouse. `finished`: removed everywhere; the file is a receipt.
State = Literal["requested", "resolved", "landed", "finished"]


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        request_id: ID of the request, also the name of its file.
        scope: `affiliate` or `all`.
        origin: `command` or `event`.
        requested_at: UTC.
        record: The record that the request names.
        state: State of the request.
        records: The records that the request covers.
        values: Values that identify these records only.
        releases: Releases that were published before.
        artefacts: What was rewritten or removed → number of rows, files or releases.
        waits_for: What an operator must do before the request can finish; no personal data.
    """

    request_id: str
    scope: Scope
    origin: str
    requested_at: datetime
    record: Record
    state: State = "requested"
    records: tuple[Record, ...] = ()
    values: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    artefacts: dict[str, int] = field(default_factory=dict)
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """Proof of a completed erasure, without personal data.

    Attributes:
        request_id: ID of the request.
        scope: As requested.
        origin: `command` or `event`.
        requested_at: UTC.
        finished_at: UTC.
        records: Number of customer records erased.
        artefacts: What was rewritten or removed → number of rows, files or releases.
        files_searched: Number of files decoded and searched at the end.
        residue: Number of places where a value was found; always 0 in a receipt.
    """

    request_id: str
    scope: Scope
    origin: str
    requested_at: datetime
    finished_at: datetime
    records: int
    artefacts: dict[str, int]
    files_searched: int
    residue: int
    state: State = "finished"

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as it is stored and printed."""
        return cast("dict[str, Any]", json.loads(json.dumps(asdict(self), default=_text)))


class Requests:
    """All requests of a home.

    Args:
        root: Directory of the requests; created by the first request.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def all(self) -> Iterator[Request | Receipt]:
        """Yield every request or its receipt, by ID.

        Raises:
            AffiliateError: a file is damaged.
        """
        for path in sorted(self.root.glob("[!.]*.json")):
            yield self._read(path)

    def open(self) -> list[Request]:
        """Return unfinished requests, oldest first."""
        found = [one for one in self.all() if isinstance(one, Request)]
        return sorted(found, key=lambda request: (request.requested_at, request.request_id))

    def find(self, request_id: str) -> Request | Receipt | None:
        """Return the request with this ID, or its receipt, if it exists."""
        path = self._path(request_id)
        return self._read(path) if path.exists() else None

    def write(self, request: Request | Receipt) -> None:
        """Store a request atomically: a crash leaves the old or the new state."""
        make_directory(self.root)
        final = self._path(request.request_id)
        staged = final.with_name(f".{final.name}")
        staged.unlink(missing_ok=True)
        text = json.dumps(asdict(request), default=_text, indent=2)
        write_new(staged, f"{text}\n".encode(), 0o600)
        staged.replace(final)
        sync(self.root)

    def sweep(self) -> None:
        """Delete staged files that a crash left behind."""
        for leftover in self.root.glob(".*.json"):
            leftover.unlink()

    def _path(self, request_id: str) -> Path:
        return self.root / f"{request_id}.json"

    def _read(self, path: Path) -> Request | Receipt:
        try:
            stored = json.loads(path.read_bytes())
            stored["requested_at"] = datetime.fromisoformat(stored["requested_at"])
            if stored["state"] == "finished":
                stored["finished_at"] = datetime.fromisoformat(stored["finished_at"])
                return Receipt(**stored)
            stored["record"] = tuple(stored["record"])
            stored["records"] = tuple(map(tuple, stored["records"]))
            for name in ("values", "releases", "waits_for"):
                stored[name] = tuple(stored.get(name, ()))
            return Request(**stored)
        except (OSError, ValueError, KeyError, TypeError):
            raise AffiliateError(f"{path} is damaged: restore it or request again") from None


def overdue(requests: Iterable[Request], now: datetime, days: int) -> list[Request]:
    """Return the requests that should have been finished by now."""
    return [request for request in requests if now - request.requested_at > timedelta(days)]


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
