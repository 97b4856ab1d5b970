"""Channels for alerts: a webhook and e-mail.

Dagster's `make_email_on_run_failure_sensor` does not fit: it has no timeout, so an unresponsive
mail server blocks the sensor; it requires a login, which relays inside a network do not have; it
fails on text that is not ASCII; and its errors, which Dagster stores, contain the addresses of
recipients.
"""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial
from urllib.error import URLError
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import Request, urlopen

from core.addresses import SMTP_PORTS
from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings

SECONDS = 10


@dataclass(frozen=True)
class Alert:
    """The content of an alert, without row values or secrets.

    Attributes:
        title: What failed.
        why: The reason, in one line.
        page: Address of the run's page; the id of the run if no address is configured.
    """

    title: str
    why: str
    page: str


Channel = Callable[[Alert], None]


def channels(settings: Settings) -> list[Channel]:
    """The configured channels; without any, alerts are off."""
    found: list[Channel] = []
    if settings.alert_webhook:
        found.append(partial(_post, settings.alert_webhook.get_secret_value()))
    if settings.smtp_url:
        found.append(partial(_mail, settings))
    return found


def send(configured: list[Channel], alert: Alert) -> None:
    """Sends the alert through every channel, even if one of them fails.

    Raises:
        AffiliateError: the channels that failed, without their addresses.
    """
    failed: list[str] = []
    for channel in configured:
        try:
            channel(alert)
        except AffiliateError as error:
            failed.append(str(error))
    if failed:
        raise AffiliateError("; ".join(failed))


def _post(address: str, alert: Alert) -> None:
    """Posts `{"text": …}`, the format of chat services."""
    if not address.startswith(("https://", "http://")):
        raise ConfigurationError("AFFILIATE_ALERT_WEBHOOK is not an http address")
    text = f"{alert.title}: {alert.why}\n{alert.page}"
    body = json.dumps({"text": text}).encode()
    request = Request(address, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS):  # noqa: S310
            pass
    except (URLError, OSError) as error:
        why = type(error).__name__
        raise AffiliateError(f"AFFILIATE_ALERT_WEBHOOK does not accept the alert ({why})") from None


def _mail(settings: Settings, alert: Alert) -> None:
    """Sends plain text to all recipients in AFFILIATE_ALERT_EMAIL_TO."""
    assert settings.smtp_url is not None  # noqa: S101 - otherwise this is no channel
    message = EmailMessage()
    message["Subject"] = alert.title
    message["From"] = settings.alert_email_from
    message["To"] = settings.alert_email_to
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=str(settings.alert_email_from).rpartition("@")[2])
    # suppresses out-of-office replies
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{alert.why}\n\n{alert.page}\n")
    address = urlsplit(settings.smtp_url.get_secret_value())
    tls = ssl.create_default_context()
    try:
        with _connected(address, tls) as server:
            if address.scheme == "smtp+starttls":
                server.starttls(context=tls)
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
            refused = server.send_message(message)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        # the text of the error contains addresses
        why = type(error).__name__
        raise AffiliateError(
            f"the AFFILIATE_SMTP_URL server does not accept mail ({why})"
        ) from None
    if refused:
        some = f"{len(refused)} of {len(settings.alert_email_to)}"
        raise AffiliateError(f"the AFFILIATE_SMTP_URL server rejects {some} recipients")


def _connected(address: SplitResult, tls: ssl.SSLContext) -> smtplib.SMTP:
    host, port = str(address.hostname), address.port or SMTP_PORTS[address.scheme]
    if address.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=tls)
    return smtplib.SMTP(host, port, timeout=SECONDS)
