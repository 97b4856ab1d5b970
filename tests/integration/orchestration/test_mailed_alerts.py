"""A run that failed is mailed: a real run, a real sensor tick, real SMTP servers."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.integration.ingestion.apache_kafka.certificates import Authority
from tests.integration.orchestration.failing import HELD, alert, held, leaking

# pragma: allowlist nextline secret
PASSWORD = "secret/with@signs:%41 #"
PEOPLE = ["data@example.com", "night@example.com"]


class Box:
    """What arrived, and who was refused."""

    def __init__(self, unknown: frozenset[str] = frozenset()) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self._unknown = unknown

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self._unknown:
            return "550 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"), "authority")


@pytest.fixture(autouse=True)
def _mailed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, authority: Authority) -> None:
    """Alerts go to PEOPLE, and this machine trusts the authority."""
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    monkeypatch.setenv("AFFILIATE_ALERT_EMAIL_TO", ", ".join(PEOPLE))
    monkeypatch.setenv("AFFILIATE_ALERT_EMAIL_FROM", "platform@example.com")
    monkeypatch.setenv("AFFILIATE_SMTP_PASSWORD_FILE", str(password))
    monkeypatch.setenv("AFFILIATE_WEB_ORIGINS", "https://data.example")


@contextmanager
def server(box: Box, scheme: str, authority: Authority) -> Iterator[str]:
    """A mail server, by its address; but for `smtp` it wants TLS and a login."""
    pair = authority.issue("mail", "127.0.0.1")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(pair.certificate, pair.key)
    options: dict[str, Any] = {}
    if scheme != "smtp":
        options = {"authenticator": _is_platform, "auth_required": True}
    if scheme == "smtps":
        # the server does not see that TLS is there from the start
        options |= {"ssl_context": tls, "auth_require_tls": False}
    if scheme == "smtp+starttls":
        options |= {"tls_context": tls, "require_starttls": True}
    controller = _OnAnyPort(box, hostname="127.0.0.1", port=0, **options)
    controller.start()
    user = "" if scheme == "smtp" else "platform@"
    try:
        yield f"{scheme}://{user}127.0.0.1:{controller.port}"
    finally:
        controller.stop()


class _OnAnyPort(Controller):
    """Tells the port that it was given."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _is_platform(server: Any, session: Any, envelope: Any, how: str, told: Any) -> AuthResult:
    expected = LoginPassword(b"platform", PASSWORD.encode())
    return AuthResult(success=told == expected, handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls", "smtp"])
def test_failed_run_is_mailed_with_reason_and_link(
    scheme: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    if scheme == "smtp":
        monkeypatch.delenv("AFFILIATE_SMTP_PASSWORD_FILE")
    box = Box()
    with server(box, scheme, authority) as address:
        monkeypatch.setenv("AFFILIATE_SMTP_URL", address)
        run = alert(held)
        alert(leaking)
    mail, other = box.mails
    assert (mail["Subject"], mail["To"]) == ("held failed", ", ".join(PEOPLE))
    assert (
        mail.get_content().replace("\r\n", "\n") == f"{HELD}\n\nhttps://data.example/runs/{run}\n"
    )
    assert box.recipients == [PEOPLE, PEOPLE]
    assert "ValueError" in other.get_content()
    assert "ana@example.com" not in other.as_string()


def test_untrusted_mail_server_gets_no_password_and_no_mail(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    box = Box()
    with server(box, "smtp+starttls", authority) as address:
        monkeypatch.setenv("AFFILIATE_SMTP_URL", address)
        with pytest.raises(Exception, match="does not accept mail") as caught:
            alert(held)
    assert box.mails == []
    assert "127.0.0.1" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_one_failing_channel_does_not_stop_the_others(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AFFILIATE_SMTP_PASSWORD_FILE")
    monkeypatch.setenv("AFFILIATE_ALERT_WEBHOOK", "http://127.0.0.1:1/nobody")
    box = Box(unknown=frozenset(PEOPLE[:1]))
    with server(box, "smtp", authority) as address:
        monkeypatch.setenv("AFFILIATE_SMTP_URL", address)
        with pytest.raises(Exception, match=r"does not accept the alert.*rejects 1 of 2") as caught:
            alert(held)
    assert box.recipients == [PEOPLE[1:]]
    assert PEOPLE[0] not in str(caught.value)
