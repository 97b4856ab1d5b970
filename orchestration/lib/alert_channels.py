"""Ways to tell somebody of a failed run: a webhook's message, an e-mail."""

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
    """What is told; no value of a row, and no secret.

    Attributes:
        title: What failed.
        why: The reason, in a line.
        page: Address of the run's page, or the run's id where pages have no address.
    """

    title: str
    why: str
    page: str


Channel = Callable[[Alert], None]


def channels(settings: Settings) -> list[Channel]:
    """Everybody whom the settings name; none, and alerts are off."""
    found: list[Channel] = []
    if settings.alert_webhook:
        found.append(partial(_post, settings.alert_webhook.get_secret_value()))
    if settings.smtp_url:
        found.append(partial(_mail, settings))
    return found


def tell(listening: list[Channel], alert: Alert) -> None:
    """Tells all of them, also when one of them cannot be told.

    Raises:
        AffiliateError: those that take no message; their addresses are not repeated.
    """
    deaf: list[str] = []
    for channel in listening:
        try:
            channel(alert)
        except AffiliateError as error:
            deaf.append(str(error))
    if deaf:
        raise AffiliateError("; ".join(deaf))


def _post(address: str, alert: Alert) -> None:
    """Sends `{"text": …}`, as chat programs take it."""
    if not address.startswith(("https://", "http://")):
        raise ConfigurationError("AFFILIATE_ALERT_WEBHOOK is no http address")
    text = f"{alert.title}: {alert.why}\n{alert.page}"
    body = json.dumps({"text": text}).encode()
    request = Request(address, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS):  # noqa: S310
            pass
    except (URLError, OSError) as error:
        why = type(error).__name__
        raise AffiliateError(f"AFFILIATE_ALERT_WEBHOOK takes no message ({why})") from None


def _mail(settings: Settings, alert: Alert) -> None:
    """Sends plain text to everybody in AFFILIATE_ALERT_EMAIL_TO."""
    assert settings.smtp_url is not None  # noqa: S101 - that made it a channel
    message = EmailMessage()
    message["Subject"] = alert.title
    message["From"] = settings.alert_email_from
    message["To"] = settings.alert_email_to
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=str(settings.alert_email_from).rpartition("@")[2])
    # nobody's holiday answers it
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
        # its text names people
        why = type(error).__name__
        raise AffiliateError(f"the server of AFFILIATE_SMTP_URL takes no mail ({why})") from None
    if refused:
        some = f"{len(refused)} of {len(settings.alert_email_to)}"
        raise AffiliateError(f"the server of AFFILIATE_SMTP_URL refuses {some} recipients")


def _connected(address: SplitResult, tls: ssl.SSLContext) -> smtplib.SMTP:
    host, port = str(address.hostname), address.port or SMTP_PORTS[address.scheme]
    if address.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=tls)
    return smtplib.SMTP(host, port, timeout=SECONDS)
