"""The gated application for tests: its users, its clients, and all that a mutation may change."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from dagster._core.workspace.context import WorkspaceProcessContext
from starlette.testclient import TestClient
from starlette.types import ASGIApp

ORIGIN = "http://127.0.0.1:3000"
SOCKET = "ws://127.0.0.1:3000/graphql"
COOKIE = "affiliate-session-3000"
PASSWORDS = {"operator": "what-operators-type", "ana": "what-viewers-type"}


@dataclass(frozen=True)
class Gated:
    """One home, its Dagster instance and code location, and the application."""

    home: Path
    context: WorkspaceProcessContext
    app: ASGIApp

    def client(self, peer: str = "127.0.0.1") -> TestClient:
        """A browser that is not signed in."""
        return TestClient(
            self.app,
            base_url=ORIGIN,
            client=(peer, 50000),
            follow_redirects=False,
            raise_server_exceptions=False,
            headers={"Origin": ORIGIN},
        )

    def signed_in(self, name: str) -> TestClient:
        """A browser of one of the users."""
        client = self.client()
        answer = client.post("/login", data={"name": name, "password": PASSWORDS[name]})
        assert answer.status_code == 303, answer.text
        return client

    def state(self) -> dict[str, str]:
        """A digest of each table and file of the instance, and the code servers' identities."""
        root = Path(self.context.instance.root_directory)
        found: dict[str, str] = {}
        for path in sorted(root.rglob("*")):
            if path.suffix == ".db":
                with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
                    content = "\n".join(database.iterdump())
                found[str(path)] = hashlib.sha256(content.encode()).hexdigest()
            elif path.is_file() and not path.name.endswith(("-wal", "-shm", "-journal")):
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
        for name, entry in self.context.get_current_workspace().code_location_entries.items():
            found[name] = entry.version_key
        return found
