"""The file of named OLTP databases: what it may say, and that its secrets never show."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.settings import load_settings
from ingestion.servers import oltp_sources

TWO = """
[[oltp]]
name = "north"
dsn = "postgresql://platform_reader:${NORTH_PASSWORD}@north.test/oltp"

[[oltp]]
name = "south"
dsn = "host=south.test user=platform_reader"
"""


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file the settings name; a test writes it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AFFILIATE_OLTP_DSN", raising=False)
    monkeypatch.setenv("AFFILIATE_SOURCES_FILE", str(tmp_path / "sources.toml"))
    monkeypatch.setenv("AFFILIATE_PSEUDONYM_KEY", "1f" * 32)
    monkeypatch.setenv("NORTH_PASSWORD", "hunter2")
    return tmp_path / "sources.toml"


def test_source_dsns_are_filled_with_variables(file: Path) -> None:
    file.write_text(TWO)

    found = {source.name: source.dsn for source in oltp_sources(load_settings())}

    assert found == {
        "north": "postgresql://platform_reader:hunter2@north.test/oltp",
        "south": "host=south.test user=platform_reader",
    }


def test_variables_are_read_from_dot_env(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("NORTH_PASSWORD")
    (tmp_path / ".env").write_text("NORTH_PASSWORD=from-file\n")
    file.write_text(TWO)

    assert "from-file" in oltp_sources(load_settings())[0].dsn


def test_a_list_of_sources_counts_as_an_external_server(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(TWO)
    monkeypatch.delenv("AFFILIATE_PSEUDONYM_KEY")

    with pytest.raises(ConfigurationError, match="needs AFFILIATE_PSEUDONYM_KEY"):
        load_settings()


def test_passwords_do_not_show(file: Path) -> None:
    file.write_text(TWO)
    settings = load_settings()

    assert "hunter2" not in repr(settings) + repr(settings.sources) + repr(oltp_sources(settings))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "oltp"),
        ("[[oltp]]\nname = 'a'\n", "dsn is not set"),
        ("[[oltp]]\ndsn = 'hunter2'\n", "oltp.0.name: Field required"),
        ("[[oltp]]\nname = '../etc'\ndsn = 'hunter2'\n", "oltp.0.name"),
        ("[[oltp]]\nname = 'a'\ndsn = '${MISSING}hunter2'\n", "MISSING is not set"),
        ("[[oltp]]\nname = 'a'\ndsn = 'hunter2$'\n", "is not a list of"),
        ("[[oltp]]\nname = 'a'\ndsn = 'hunter2'\nport = 1\n", "oltp.0.port"),
        ("[[oltp]]\nname = 'a'\ndsn = 'x'\n[[oltp]]\nname = 'a'\ndsn = 'y'\n", "a is used twice"),
        ("oltp = 'hunter2'", "is not a list of"),
        ("hunter2", "is not a list of"),
    ],
)
def test_invalid_sources_are_a_one_line_error_without_values(
    file: Path, text: str, message: str
) -> None:
    file.write_text(text)

    with pytest.raises(ConfigurationError) as caught:
        load_settings()

    assert message in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(file: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"sources\.toml cannot be read"):
        load_settings()


def test_dsn_and_source_list_exclude_each_other(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(TWO)
    monkeypatch.setenv("AFFILIATE_OLTP_DSN", "host=other.test")

    with pytest.raises(ConfigurationError, match="not both"):
        load_settings()
