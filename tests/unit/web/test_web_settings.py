"""Settings of the web: what would be unsafe is refused before anything starts."""

from __future__ import annotations

import pytest

from core.errors import ConfigurationError
from core.settings import load_settings


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WEB_ORIGINS", "TRUSTED_PROXY_HEADER", "TRUSTED_PROXIES"):
        monkeypatch.delenv(f"AFFILIATE_{name}", raising=False)


def test_web_origins_are_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFFILIATE_WEB_ORIGINS", "https://Data.example:443/, https://b.example:8443")
    assert load_settings().web_origins == ("https://data.example", "https://b.example:8443")


@pytest.mark.parametrize(
    "value", ["http://data.example", "data.example", "https://", "https://a.example/path", "*"]
)
def test_invalid_web_origins_are_rejected(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("AFFILIATE_WEB_ORIGINS", value)
    with pytest.raises(ConfigurationError, match="AFFILIATE_WEB_ORIGINS: addresses like"):
        load_settings()


@pytest.mark.parametrize("alone", [("PROXY_HEADER", "X-User"), ("PROXIES", "10.0.0.1")])
def test_proxy_header_is_trusted_from_listed_addresses_only(
    monkeypatch: pytest.MonkeyPatch, alone: tuple[str, str]
) -> None:
    monkeypatch.setenv(f"AFFILIATE_TRUSTED_{alone[0]}", alone[1])
    with pytest.raises(ConfigurationError, match="need each other"):
        load_settings()
