"""The secret from which pseudonyms are derived. Its value never appears in a message."""

from __future__ import annotations

from ingestion.errors import ConfigurationError
from ingestion.secret_key import decode_key, generated_key, read_key
from ingestion.settings import Settings


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
        return decode_key(settings.pseudonym_key.get_secret_value(), "AFFILIATE_PSEUDONYM_KEY")
    if settings.pseudonym_key_file is not None:
        return read_key(settings.pseudonym_key_file, "AFFILIATE_PSEUDONYM_KEY_FILE")
    if settings.uses_external_server:
        raise ConfigurationError(
            "an external server needs AFFILIATE_PSEUDONYM_KEY or AFFILIATE_PSEUDONYM_KEY_FILE"
        )
    return generated_key(settings.home, "pseudonym")
