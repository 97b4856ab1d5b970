"""Types for addresses in settings: they reject an address that could not work or is unsafe."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

#: URL scheme → its default port. Only `smtp` is unencrypted.
SMTP_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
SMTP_FORM = "an address like smtps://user@mail.example.com, smtp+starttls://… or smtp://…"


def _origin(address: str) -> str:
    """Return an https origin in lower case, without a path. Plain http would expose passwords."""
    parts = urlsplit(address.lower())
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("addresses like https://data.example.com, separated by commas")
    return f"https://{parts.netloc.removesuffix(':443')}"


def _mail(address: str) -> str:
    """Return a bare e-mail address; display names and further headers are rejected."""
    from email.errors import MessageError
    from email.headerregistry import Address

    try:
        return Address(addr_spec=address).addr_spec
    except (MessageError, ValueError, IndexError):
        raise ValueError("addresses like data@example.com") from None


def _smtp(address: SecretStr) -> SecretStr:
    parts = urlsplit(address.get_secret_value())
    try:
        is_one = parts.scheme in SMTP_PORTS and parts.hostname and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or parts.path.strip("/") or parts.query:
        raise ValueError(SMTP_FORM)
    if parts.scheme == "smtp" and parts.username:
        raise ValueError("a login needs smtps:// or smtp+starttls://")
    return address


Origin = Annotated[str, AfterValidator(_origin)]
MailAddress = Annotated[str, AfterValidator(_mail)]
SmtpAddress = Annotated[SecretStr, AfterValidator(_smtp)]
