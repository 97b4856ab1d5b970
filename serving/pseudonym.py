"""The secret from which pseudonyms are derived. Its value never appears in a message."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from ingestion.errors import ConfigurationError
from ingestion.landing.durable import sync
from ingestion.settings import Settings
from serving.durable import locked, write_new

KEY_BYTES = 32
_HEX_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}")
_GENERATED = "pseudonym.key"


def load_key(settings: Settings) -> bytes:
    """The platform's pseudonym key: configured, or generated once for the embedded default.

    Args:
        settings: `pseudonym_key`, `pseudonym_key_file`, or neither.

    Returns:
        32 bytes, the same for every process that works on the same `AFFILIATE_HOME`.

    Raises:
        ConfigurationError: both are set, the key is not 32 bytes of hex, its file cannot be read,
            or there is none although an external server is configured.
    """
    if settings.pseudonym_key is not None and settings.pseudonym_key_file is not None:
        raise ConfigurationError(
            "set AFFILIATE_PSEUDONYM_KEY or AFFILIATE_PSEUDONYM_KEY_FILE, not both"
        )
    if settings.pseudonym_key is not None:
        return _decode(settings.pseudonym_key.get_secret_value(), "AFFILIATE_PSEUDONYM_KEY")
    if settings.pseudonym_key_file is not None:
        return _read(settings.pseudonym_key_file, "AFFILIATE_PSEUDONYM_KEY_FILE")
    if settings.uses_external_server:
        raise ConfigurationError(
            "an external server needs AFFILIATE_PSEUDONYM_KEY or AFFILIATE_PSEUDONYM_KEY_FILE"
        )
    return _generated(settings.home / "secrets")


def _generated(folder: Path) -> bytes:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / _GENERATED
    with locked(folder / ".lock", wait=True):
        if not path.exists():
            aside = folder / f".{_GENERATED}-new"
            aside.unlink(missing_ok=True)
            write_new(aside, f"{secrets.token_hex(KEY_BYTES)}\n".encode(), 0o600)
            aside.replace(path)
            sync(folder)
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"other users can read the pseudonym key: chmod 600 {path}")
    return _read(path, str(path))


def _read(path: Path, origin: str) -> bytes:
    try:
        text = path.read_text(encoding="ascii")
    except OSError as error:
        raise ConfigurationError(f"{origin}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        text = ""
    return _decode(text, origin)


def _decode(text: str, origin: str) -> bytes:
    text = text.strip()
    if not _HEX_KEY.fullmatch(text):
        raise ConfigurationError(
            f"{origin}: not a key of {KEY_BYTES} bytes in hex; make one with `openssl rand -hex 32`"
        )
    key = bytes.fromhex(text)
    if len(set(key)) == 1:
        raise ConfigurationError(f"{origin}: a key of one repeated byte protects nothing")
    return key
