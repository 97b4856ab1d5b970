"""The embedded servers of one benchmark, on a temporary directory."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Self

from ingestion.embedded import EmbeddedBroker, EmbeddedPostgres
from ingestion.embedded.postgres import READER
from oltp.migrate import migrate

DATABASE = "bench"


class Servers:
    """A migrated PostgreSQL and an empty broker, each started when it is first asked for.

    Args:
        folder: Where they keep their data.
    """

    def __init__(self, folder: Path) -> None:
        self._postgres = EmbeddedPostgres(folder / "postgres")
        self._broker = EmbeddedBroker(folder / "broker")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._postgres.stop()
        self._broker.stop()

    @property
    def admin(self) -> str:
        """DSN of the database's owner."""
        return self._owner_and_reader[0]

    @property
    def reader(self) -> str:
        """DSN of the role that the platform reads as."""
        return self._owner_and_reader[1]

    @cached_property
    def bootstrap(self) -> str:
        """Address of the broker."""
        return self._broker.start()

    @cached_property
    def _owner_and_reader(self) -> tuple[str, str]:
        return self.fresh(DATABASE)

    def fresh(self, name: str) -> tuple[str, str]:
        """DSN of a new migrated database's owner, and of the role that reads."""
        self._postgres.start()
        self._postgres.ensure_database(name)
        admin = self._postgres.dsn(name)
        migrate(admin)
        return admin, self._postgres.dsn(name, user=READER)
