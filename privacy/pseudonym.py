"""The secret key that pseudonyms are derived from. Its value never appears in a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from core.errors import ConfigurationError
from core.secret_key import KEY_BYTES, decode_key, generated_key, read_key
from core.settings import Settings

KEY, PREVIOUS_KEY = "AFFILIATE_PSEUDONYM_KEY", "AFFILIATE_PSEUDONYM_PREVIOUS_KEY"
_KEY_ID_LETTERS = 6


@dataclass(frozen=True)
class Keys:
    """Keys for the files of affiliates.

    Attributes:
        current: The platform's key.
        previous: The previous key, while affiliates still use pseudonyms made with it.
        encrypting: Whether the files are encrypted.
    """

    current: bytes = field(repr=False)
    previous: bytes | None = field(repr=False)
    encrypting: bool


def load_keys(settings: Settings) -> Keys:
    """All keys that publishing needs.

    Raises:
        ConfigurationError: as for `load_key`, or the previous key equals the current one.
    """
    current = load_key(settings)
    previous = _configured(
        settings.pseudonym_previous_key, settings.pseudonym_previous_key_file, PREVIOUS_KEY
    )
    if previous == current:
        raise ConfigurationError(f"{PREVIOUS_KEY} equals the current key: unset it")
    return Keys(current, previous, settings.encrypt_affiliate_files)


def load_key(settings: Settings) -> bytes:
    """The platform's pseudonym key: configured, or generated once for the embedded default.

    Args:
        settings: `pseudonym_key`, `pseudonym_key_file`, or neither.

    Returns:
        32 bytes, the same for every process that works on the same `AFFILIATE_HOME`.

    Raises:
        ConfigurationError: both are set, the key is not 32 bytes of hex, its file cannot be read,
            or no key is set although an external server is configured.
    """
    key = _configured(settings.pseudonym_key, settings.pseudonym_key_file, KEY)
    if key is not None:
        return key
    if settings.uses_external_server:
        raise ConfigurationError(f"an external server needs {KEY} or {KEY}_FILE")
    return generated_key(settings.home, "pseudonym")


def key_id(key: bytes) -> str:
    """Six letters that identify a key without revealing it."""
    return "".join(chr(ord("a") + byte % 26) for byte in _derive(key, "key id")[:_KEY_ID_LETTERS])


def affiliate_key(key: bytes, affiliate_id: int, purpose: str) -> bytes:
    """The key of one affiliate for one purpose, `pseudonym` or `file`, 32 bytes.

    It cannot be computed from the key of another affiliate or purpose.
    """
    return _derive(key, f"{purpose} of affiliate {affiliate_id}")


def file_key(key: bytes, affiliate_id: int) -> str:
    """The key of an affiliate's encrypted file, in hex as DuckDB takes it."""
    return affiliate_key(key, affiliate_id, "file").hex()


def _derive(key: bytes, info: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info.encode()).derive(key)


def _configured(value: SecretStr | None, file: Path | None, variable: str) -> bytes | None:
    if value is not None and file is not None:
        raise ConfigurationError(f"set {variable} or {variable}_FILE, not both")
    if value is not None:
        return decode_key(value.get_secret_value(), variable)
    return None if file is None else read_key(file, f"{variable}_FILE")
