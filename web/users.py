"""Users: names, roles and password hashes in `$AFFILIATE_HOME/secrets/users.json`."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from core.durable_files import sync, write_new
from core.errors import AffiliateError, ConfigurationError
from core.locks import locked
from core.settings import Settings

#: The user that the first start creates.
FIRST_USER = "operator"
NAME = re.compile(r"[\w.@+-]{1,100}", re.ASCII)
#: Longer passwords are rejected without hashing.
PASSWORD_BYTES = 1024


class Role(StrEnum):
    """A viewer reads; an operator also launches runs and changes schedules."""

    VIEWER = "viewer"
    OPERATOR = "operator"


@dataclass(frozen=True)
class User:
    """A user; without a password hash, one who signs in only at the proxy."""

    name: str
    role: Role
    password_hash: str | None = None


class Users:
    """The users of one home; changes by other processes take effect at the next call."""

    def __init__(self, home: Path) -> None:
        self._path = home / "secrets" / "users.json"
        self._read: tuple[tuple[int, int], dict[str, User]] | None = None

    def all(self) -> dict[str, User]:
        """Every user by name.

        Raises:
            ConfigurationError: the file is damaged, or readable by other users of the machine.
        """
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return {}
        if status.st_mode & 0o077:
            raise ConfigurationError(f"other users can read {self._path}: chmod 600 {self._path}")
        version = (status.st_ino, status.st_mtime_ns)
        if self._read is None or self._read[0] != version:
            self._read = version, _decode(self._path)
        return self._read[1]

    def add(self, name: str, role: Role, password: str | None) -> None:
        """Adds a user; without a password, the user signs in only at the proxy.

        Raises:
            AffiliateError: the name exists or is invalid.
        """
        if not NAME.fullmatch(name):
            raise AffiliateError("a name has 1 to 100 of the characters A-Z a-z 0-9 . _ @ + -")
        with self._changing() as users:
            if name in users:
                raise AffiliateError(f"user {name} already exists")
            users[name] = User(name, role, password and hash_password(password))

    def set_password(self, name: str, password: str) -> None:
        """Changes the password of a user; their sessions end.

        Raises:
            AffiliateError: there is no such user.
        """
        with self._changing() as users:
            user = _known(users, name)
            users[name] = User(name, user.role, hash_password(password))

    def remove(self, name: str) -> None:
        """Removes a user; their sessions end.

        Raises:
            AffiliateError: there is no such user.
        """
        with self._changing() as users:
            del users[_known(users, name).name]

    def verify(self, name: str, password: str) -> User | None:
        """The user, if the password is correct; takes equally long for an unknown name."""
        user = self.all().get(name)
        known = user.password_hash if user else None
        return user if _matches(password, known or _dummy_hash()) and known else None

    @contextmanager
    def _changing(self) -> Iterator[dict[str, User]]:
        folder = self._path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(folder / ".lock"):
            users = dict(self.all())
            yield users
            staged = folder / ".users.json-new"
            staged.unlink(missing_ok=True)
            entries = [asdict(user) for user in users.values()]
            write_new(staged, json.dumps(entries, indent=1).encode(), 0o600)
            staged.replace(self._path)
            sync(folder)


def ensure_operator(settings: Settings) -> str | None:
    """Creates the first user, and sets its password from `AFFILIATE_OPERATOR_PASSWORD_FILE`.

    Returns:
        The password if it was generated; it is not stored.

    Raises:
        ConfigurationError: the password file cannot be read, or the password is too short.
    """
    users = Users(settings.home)
    given = settings.operator_password_file
    if given is None:
        if users.all():
            return None
        password = new_password()
        users.add(FIRST_USER, Role.OPERATOR, password)
        return password
    password = _password_in(given)
    if FIRST_USER not in users.all():
        users.add(FIRST_USER, Role.OPERATOR, password)
    elif users.verify(FIRST_USER, password) is None:
        users.set_password(FIRST_USER, password)
    return None


def new_password() -> str:
    """120 random bits in 20 characters."""
    return secrets.token_urlsafe(15)


def hash_password(password: str) -> str:
    """Argon2id with OWASP's parameters for 46 MiB, in PHC string format.

    One lane: with more, OpenSSL deadlocks when two hashes are computed at the same time.
    """
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=1, lanes=1, memory_cost=46 * 1024)
    return kdf.derive_phc_encoded(password.encode())


def _matches(password: str, known: str) -> bool:
    typed = password.encode(errors="surrogatepass")
    if len(typed) > PASSWORD_BYTES:
        return False
    try:
        Argon2id.verify_phc_encoded(typed, known)
    except InvalidKey:
        return False
    return True


@cache
def _dummy_hash() -> str:
    return hash_password(new_password())


def _known(users: dict[str, User], name: str) -> User:
    if name not in users:
        raise AffiliateError(f"there is no user {name}: see `affiliate user list`")
    return users[name]


def _password_in(path: Path) -> str:
    try:
        password = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise ConfigurationError(f"AFFILIATE_OPERATOR_PASSWORD_FILE: {reason}") from None
    if not 12 <= len(password.encode()) <= PASSWORD_BYTES:
        raise ConfigurationError(
            "AFFILIATE_OPERATOR_PASSWORD_FILE: the password needs at least 12 characters; "
            "create one with `openssl rand -base64 15`"
        )
    return password


def _decode(path: Path) -> dict[str, User]:
    try:
        entries = json.loads(path.read_bytes())
        return {e["name"]: User(e["name"], Role(e["role"]), e["password_hash"]) for e in entries}
    except (ValueError, KeyError, TypeError):
        raise ConfigurationError(
            f"{path} is damaged: delete it, and the next start creates a new operator"
        ) from None
