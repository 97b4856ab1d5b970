"""Secrets in files of their own, beside connection strings that anyone may read."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from core.errors import ConfigurationError


def with_password(dsn: SecretStr | None, file: Path | None, variable: str) -> SecretStr | None:
    """The connection string completed by the password in the file.

    Args:
        dsn: libpq connection string or URI without a password; None if the server is not set.
        file: Where the password is; None leaves the connection string as it is.
        variable: The setting that named the file, for errors.

    Raises:
        ConfigurationError: as `secret_in`, or there is no connection string to complete.
    """
    if file is None:
        return dsn
    if dsn is None:
        raise ConfigurationError(f"{variable} is set without the server it belongs to")
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo

    password = secret_in(file, variable)
    try:
        return SecretStr(make_conninfo(dsn.get_secret_value(), password=password))
    except ProgrammingError:
        raise ConfigurationError(
            f"{variable}: the connection string it belongs to is none"
        ) from None


def with_login(url: SecretStr | None, file: Path | None, variable: str) -> SecretStr | None:
    """The URL, whose user gets the password in the file.

    Args:
        url: With a user and without a password; None if the server is not set.
        file: As in `with_password`.
        variable: As in `with_password`.

    Raises:
        ConfigurationError: as `secret_in`, or there is nobody whose password it is.
    """
    if file is None:
        return url
    parts = urlsplit(url.get_secret_value() if url else "")
    if not parts.username:
        raise ConfigurationError(f"{variable} is set without the user it belongs to")
    password = quote(secret_in(file, variable), safe="")
    place = f"{parts.username}:{password}@{parts.netloc.rpartition('@')[2]}"
    return SecretStr(parts._replace(netloc=place).geturl())


def secret_in(file: Path, variable: str) -> str:
    """What the file holds, without the line's end.

    Raises:
        ConfigurationError: it cannot be read as text, or holds nothing.
    """
    try:
        secret = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise ConfigurationError(f"{variable}: {reason}") from None
    if not secret:
        raise ConfigurationError(f"{variable}: the file is empty")
    return secret
