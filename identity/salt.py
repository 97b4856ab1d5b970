"""The secret that persons' ids are minted from: who does not have it cannot tell an id's record.

Ids that were landed stay when it is lost; only new ones come from another one then.
"""

from __future__ import annotations

from core.secret_key import generated_key
from core.settings import Settings


def load_salt(settings: Settings) -> str:
    """64 hex digits, made once per home.

    Raises:
        ConfigurationError: its file was damaged, or other users can read it.
    """
    return generated_key(settings.home, "identity").hex()
