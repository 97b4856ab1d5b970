from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigurationError
from core.settings import Settings
from privacy.pseudonym import load_key

KEY = "00ff" * 16


def configured(home: Path, **values: Any) -> Settings:
    return Settings(home=home, _env_file=None, **values)


def test_configured_key_is_decoded(tmp_path: Path) -> None:
    assert load_key(configured(tmp_path, pseudonym_key=KEY)) == bytes.fromhex(KEY)


def test_trailing_newline_in_a_key_file_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY.upper()}\n")
    settings = configured(tmp_path, pseudonym_key_file=file, oltp_dsn="postgresql://x")
    assert load_key(settings) == bytes.fromhex(KEY)


@pytest.mark.parametrize(
    "bad", ["secret", KEY[:-2], KEY + "00", "zz" * 32, "", "00" * 32, "é" * 64]
)
def test_bad_key_is_refused_without_showing_it(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "key"
    file.write_text(bad)
    for settings in (
        configured(tmp_path, pseudonym_key=bad),
        configured(tmp_path, pseudonym_key_file=file),
    ):
        with pytest.raises(ConfigurationError) as caught:
            load_key(settings)
        assert "AFFILIATE_PSEUDONYM_KEY" in str(caught.value)
        assert not bad or bad not in str(caught.value)


def test_value_and_file_for_one_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not both"):
        load_key(configured(tmp_path, pseudonym_key=KEY, pseudonym_key_file=tmp_path / "key"))


def test_missing_key_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_key(configured(tmp_path, pseudonym_key_file=tmp_path / "none"))


def test_external_server_needs_a_configured_key(tmp_path: Path) -> None:
    settings = configured(tmp_path).model_copy(update={"kafka_bootstrap": "host:9092"})
    with pytest.raises(ConfigurationError, match="an external server needs"):
        load_key(settings)
    assert list(tmp_path.iterdir()) == []


def test_generated_key_is_private_and_stable(tmp_path: Path) -> None:
    settings = configured(tmp_path / "home")
    key = load_key(settings)
    path = tmp_path / "home" / "secrets" / "pseudonym.key"
    assert len(key) == 32
    assert load_key(settings) == key == bytes.fromhex(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert load_key(configured(tmp_path / "other")) != key


def test_generated_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = configured(tmp_path)
    load_key(settings)
    (tmp_path / "secrets" / "pseudonym.key").chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_key(settings)
