"""Secrets of 32 bytes, kept as hex. No message holds their value."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from core.durable_files import sync, write_new
from core.errors import ConfigurationError
from core.locks import locked

KEY_BYTES = 32
_HEX_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}")


def generated_key(home: Path, name: str) -> bytes:
    """The key of this name below `home/secrets`, made at the first call.

    Returns:
        32 bytes, the same for every process that works on the same home.

    Raises:
        ConfigurationError: the file was damaged, or other users can read it.
    """
    folder = home / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.key"
    with locked(folder / ".lock"):
        if not path.exists():
            aside = folder / f".{path.name}-new"
            aside.unlink(missing_ok=True)
            write_new(aside, f"{secrets.token_hex(KEY_BYTES)}\n".encode(), 0o600)
            aside.replace(path)
            sync(folder)
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"other users can read the {name} key: chmod 600 {path}")
    return read_key(path, str(path))


def read_key(path: Path, origin: str) -> bytes:
    """The key in a file.

    Args:
        path: File with its hex digits.
        origin: What to call it in a message.

    Raises:
        ConfigurationError: it cannot be read or is no key.
    """
    try:
        text = path.read_text(encoding="ascii")
    except OSError as error:
        raise ConfigurationError(f"{origin}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        text = ""
    return decode_key(text, origin)


def decode_key(text: str, origin: str) -> bytes:
    """The key that hex digits stand for.

    Raises:
        ConfigurationError: they are not 64, or all bytes are the same.
    """
    text = text.strip()
    if not _HEX_KEY.fullmatch(text):
        raise ConfigurationError(
            f"{origin}: not a key of {KEY_BYTES} bytes in hex; make one with `openssl rand -hex 32`"
        )
    key = bytes.fromhex(text)
    if len(set(key)) == 1:
        raise ConfigurationError(f"{origin}: a key of one repeated byte protects nothing")
    return key
