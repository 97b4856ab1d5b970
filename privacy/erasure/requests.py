"""Requests to erase somebody: one file each, from the request to the receipt.

While a request is open its file holds what is needed to go on after a crash: whom it reaches, and
which values to look for when all is done. The receipt that takes its place holds counts alone.
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
#: `requested`: nobody looked yet. `resolved`: it is known whom it reaches. `landed`: the landing
#: zone and the warehouse hold nothing any more. `finished`: nothing does; the file is a receipt.
State = Literal["requested", "resolved", "landed", "finished"]


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        request_id: Names the request and its file.
        scope: Erase at the affiliate, or at all.
        origin: `command` or `event`.
        requested_at: UTC.
        record: Whom it names.
        state: How far it is.
        records: Whom it reaches.
        values: What identifies them and nobody else.
        releases: Those that were published before.
        artefacts: What was rewritten or removed → rows, files or releases.
        waits_for: What somebody has to do before it can be finished, a line each; nothing personal.
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
    """What is left of a request: proof without any personal value.

    Attributes:
        request_id: Names it.
        scope: As requested.
        origin: `command` or `event`.
        requested_at: UTC.
        finished_at: UTC.
        records: How many customer records it reached.
        artefacts: What was rewritten or removed → rows, files or releases.
        files_searched: Files that were decoded and searched when all was done.
        residue: Places where something of the person was found; 0, or it would not be finished.
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
        """As it is stored and printed."""
        return cast("dict[str, Any]", json.loads(json.dumps(asdict(self), default=_text)))


class Requests:
    """All requests of a home.

    Args:
        root: Their directory; created by the first request.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def all(self) -> Iterator[Request | Receipt]:
        """Every request or its receipt, by name.

        Raises:
            AffiliateError: a file is damaged.
        """
        for path in sorted(self.root.glob("[!.]*.json")):
            yield self._read(path)

    def open(self) -> list[Request]:
        """Requests that are not finished, oldest first."""
        found = [one for one in self.all() if isinstance(one, Request)]
        return sorted(found, key=lambda request: (request.requested_at, request.request_id))

    def find(self, request_id: str) -> Request | Receipt | None:
        """The request of this name, if there is one."""
        path = self._path(request_id)
        return self._read(path) if path.exists() else None

    def write(self, request: Request | Receipt) -> None:
        """Makes a request's new state durable; a crash leaves the old one or the new one."""
        make_directory(self.root)
        final = self._path(request.request_id)
        aside = final.with_name(f".{final.name}")
        aside.unlink(missing_ok=True)
        text = json.dumps(asdict(request), default=_text, indent=2)
        write_new(aside, f"{text}\n".encode(), 0o600)
        aside.replace(final)
        sync(self.root)

    def sweep(self) -> None:
        """Removes what a crash left aside."""
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
    """Those that should have been finished by now."""
    return [request for request in requests if now - request.requested_at > timedelta(days)]


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
