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
    """Return the key with this name below `home/secrets`; the first call generates it.

    Returns:
        32 bytes, the same for every process that works on the same home.

    Raises:
        ConfigurationError: the file is damaged, or other users can read it.
    """
    folder = home / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.key"
    with locked(folder / ".lock"):
        if not path.exists():
            staged = folder / f".{path.name}-new"
            staged.unlink(missing_ok=True)
            write_new(staged, f"{secrets.token_hex(KEY_BYTES)}\n".encode(), 0o600)
            staged.replace(path)
            sync(folder)
    if path.stat().st_mode & 0o077:
        raise ConfigurationError(f"other users can read the {name} key: chmod 600 {path}")
    return read_key(path, str(path))


def read_key(path: Path, origin: str) -> bytes:
    """Return the key in a file.

    Args:
        path: File with the key's hex digits.
        origin: Name of the key's origin in error messages.

    Raises:
        ConfigurationError: the file cannot be read or contains no key.
    """
    try:
        text = path.read_text(encoding="ascii")
    except OSError as error:
        raise ConfigurationError(f"{origin}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        text = ""
    return decode_key(text, origin)


def decode_key(text: str, origin: str) -> bytes:
    """Return the key for 64 hex digits.

    Raises:
        ConfigurationError: the text is not 64 hex digits, or all bytes are equal.
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
