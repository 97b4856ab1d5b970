"""Recognises international bank account numbers by their check digits (ISO 13616)."""

from __future__ import annotations

SHORTEST, LONGEST = 15, 34


def is_iban(text: str) -> bool:
    """True if `text`, or a prefix of it that ends at a space, has valid check digits."""
    words = text.split(" ")
    return any(_is_valid("".join(words[:count])) for count in range(1, len(words) + 1))


def _is_valid(account: str) -> bool:
    if not SHORTEST <= len(account) <= LONGEST:
        return False
    rearranged = account[4:] + account[:4]
    return int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1
