"""The user list: hashes only, for the owner's eyes only, and the first operator."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings
from web.sessions import IDLE_SECONDS, LONGEST_SECONDS, Sessions
from web.users import Role, User, Users, ensure_operator

# pragma: allowlist nextline secret
PASSWORD = "a long enough one"


def file_of(home: Path) -> Path:
    return home / "secrets" / "users.json"


def test_passwords_are_stored_as_argon2id_in_a_private_file(tmp_path: Path) -> None:
    users = Users(tmp_path)
    users.add("ana", Role.VIEWER, PASSWORD)
    stored = file_of(tmp_path).read_text()
    assert PASSWORD not in stored
    assert "$argon2id$v=19$m=47104,t=1,p=1$" in stored
    assert file_of(tmp_path).stat().st_mode & 0o777 == 0o600
    assert users.verify("ana", PASSWORD) == users.all()["ana"]
    for name, password in (("ana", "another"), ("bo", PASSWORD), ("ana", ""), ("ana", "\ud800")):
        assert users.verify(name, password) is None


def test_concurrent_sign_ins_do_not_deadlock(tmp_path: Path) -> None:
    users = Users(tmp_path)
    users.add("ana", Role.VIEWER, PASSWORD)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: users.verify("ana", PASSWORD), range(16)))
    assert found == [users.all()["ana"]] * 16


def test_proxy_users_have_no_password(tmp_path: Path) -> None:
    users = Users(tmp_path)
    users.add("ana@corp.example", Role.OPERATOR, None)
    assert users.verify("ana@corp.example", "") is None


@pytest.mark.parametrize("name", ["", "a b", "a\n", "<script>", "é", "a" * 101])
def test_invalid_user_names_are_rejected(tmp_path: Path, name: str) -> None:
    with pytest.raises(AffiliateError, match="a name has"):
        Users(tmp_path).add(name, Role.VIEWER, PASSWORD)


def test_first_start_creates_the_operator_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    password = ensure_operator(settings)
    assert password is not None
    user = Users(tmp_path).verify("operator", password)
    assert user is not None
    assert user.role is Role.OPERATOR
    assert ensure_operator(settings) is None


def test_password_file_overrides_the_stored_password(tmp_path: Path) -> None:
    given = tmp_path / "given"
    settings = Settings(home=tmp_path, operator_password_file=given)
    for password in ("the first of them", "and then another"):
        given.write_text(f"{password}\n")
        assert ensure_operator(settings) is None
        assert Users(tmp_path).verify("operator", password)
    before = file_of(tmp_path).read_text()
    ensure_operator(settings)
    assert file_of(tmp_path).read_text() == before
    given.write_text("short")
    with pytest.raises(ConfigurationError, match="at least 12") as error:
        ensure_operator(settings)
    assert "short" not in str(error.value)


@pytest.mark.parametrize("content", ["\0", "[1]", json.dumps([{"name": "a", "role": "king"}])])
def test_damaged_user_list_rejects_everyone(tmp_path: Path, content: str) -> None:
    users = Users(tmp_path)
    users.add("ana", Role.VIEWER, None)
    file_of(tmp_path).write_text(content)
    with pytest.raises(ConfigurationError, match="damaged"):
        users.all()


def test_user_list_readable_by_others_is_rejected(tmp_path: Path) -> None:
    users = Users(tmp_path)
    users.add("ana", Role.VIEWER, None)
    file_of(tmp_path).chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        users.all()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(home: Path) -> tuple[Users, Sessions, Clock, str]:
    users, clock = Users(home), Clock()
    users.add("ana", Role.OPERATOR, PASSWORD)
    sessions = Sessions(users, clock)
    return users, sessions, clock, sessions.open(users.all()["ana"])


def test_sessions_expire_when_idle_or_old(tmp_path: Path) -> None:
    _, sessions, clock, token = opened(tmp_path)
    for clock.now in range(0, LONGEST_SECONDS + 1, IDLE_SECONDS // 2):
        assert isinstance(sessions.find(token), User)
    clock.now += IDLE_SECONDS // 2
    assert sessions.find(token) is None
    assert sessions.find(sessions.open(Users(tmp_path).all()["ana"]) + "x") is None


def test_sessions_end_when_user_or_password_changes(tmp_path: Path) -> None:
    users, sessions, _, token = opened(tmp_path)
    Users(tmp_path).set_password("ana", "another long one")
    assert sessions.find(token) is None
    token = sessions.open(users.all()["ana"])
    Users(tmp_path).remove("ana")
    assert sessions.find(token) is None
