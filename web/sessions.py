"""Sessions, in memory: a restart signs everyone out, and a logout is final."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from web.users import User, Users

IDLE_SECONDS = 8 * 3600
LONGEST_SECONDS = 24 * 3600


@dataclass
class _Session:
    user: User
    opened: float
    used: float


class Sessions:
    """Sessions by the hash of their token: leaked memory contains no usable token."""

    def __init__(self, users: Users, clock: Callable[[], float] = time.monotonic) -> None:
        self._users = users
        self._clock = clock
        self._sessions: dict[str, _Session] = {}

    def open(self, user: User) -> str:
        """Starts a session and returns its token, which is stored only in the browser."""
        now = self._clock()
        self._sessions = {k: s for k, s in self._sessions.items() if not _expired(s, now)}
        token = secrets.token_urlsafe(32)
        self._sessions[_digest(token)] = _Session(user, now, now)
        return token

    def find(self, token: str) -> User | None:
        """The user of a session; None if it expired, or the user was changed or removed."""
        now = self._clock()
        session = self._sessions.get(_digest(token))
        if session is None:
            return None
        if _expired(session, now) or self._users.all().get(session.user.name) != session.user:
            self.close(token)
            return None
        session.used = now
        return session.user

    def close(self, token: str) -> None:
        """Ends a session; does nothing for an unknown one."""
        self._sessions.pop(_digest(token), None)


def _expired(session: _Session, now: float) -> bool:
    return now - session.used > IDLE_SECONDS or now - session.opened > LONGEST_SECONDS


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
