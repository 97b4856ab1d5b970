"""Read secrets from files, so that connection strings in settings need no password."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from core.errors import ConfigurationError


def with_password(dsn: SecretStr | None, file: Path | None, variable: str) -> SecretStr | None:
    """Return the connection string with the password from the file.

    Args:
        dsn: libpq connection string or URI without a password; None if the server is not set.
        file: File with the password; None leaves the connection string unchanged.
        variable: Name of the setting that points to the file, for error messages.

    Raises:
        ConfigurationError: see `secret_in`, or `dsn` is None or invalid.
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
        raise ConfigurationError(f"{variable}: its connection string is invalid") from None


def with_login(url: SecretStr | None, file: Path | None, variable: str) -> SecretStr | None:
    """Return the URL with the password from the file added to its user.

    Args:
        url: URL with a user and without a password; None if the server is not set.
        file: As in `with_password`.
        variable: As in `with_password`.

    Raises:
        ConfigurationError: see `secret_in`, or the URL names no user.
    """
    if file is None:
        return url
    parts = urlsplit(url.get_secret_value() if url else "")
    if not parts.username:
        raise ConfigurationError(f"{variable} is set without the user it belongs to")
    password = quote(secret_in(file, variable), safe="")
    netloc = f"{parts.username}:{password}@{parts.netloc.rpartition('@')[2]}"
    return SecretStr(parts._replace(netloc=netloc).geturl())


def secret_in(file: Path, variable: str) -> str:
    """Return the content of the file, without surrounding white space.

    Raises:
        ConfigurationError: the file cannot be read as text, or is empty.
    """
    try:
        secret = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise ConfigurationError(f"{variable}: {reason}") from None
    if not secret:
        raise ConfigurationError(f"{variable}: the file is empty")
    return secret
