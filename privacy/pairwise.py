"""Pairwise pseudonyms: a customer, an order or a product has a different one at each affiliate.

A pseudonym is `<key id>_<26 characters>`. The characters are the first 130 bits of
HMAC-SHA256(key of the affiliate, kind ‖ 0 ‖ affiliate ‖ 0 ‖ id) in base32. Without the key no one
can link a pseudonym to an ID or to another affiliate's pseudonym, or test guesses such as e-mails.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from privacy.pseudonym import affiliate_key, key_id

#: Each character encodes 5 bits.
CHARACTERS = 26
_BYTES = 17
_ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", np.uint8)
_WEIGHTS = np.array([16, 8, 4, 2, 1], np.uint8)

Thing = tuple[int, str, str]


class Pseudonyms:
    """Computes pseudonyms with one platform key.

    Args:
        key: The platform's key, 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._prefix = np.frombuffer(f"{key_id(key)}_".encode(), np.uint8)
        self._prepared: dict[tuple[int, str], hmac.HMAC] = {}

    def of(self, things: Iterable[Thing]) -> pa.Array:
        """Pseudonyms of (affiliate id, kind, id as text), in their order, as an Arrow array."""
        digests = b"".join(self._digest(*thing) for thing in things)
        rows = np.frombuffer(digests, np.uint8).reshape(-1, _BYTES)
        prefixes = np.broadcast_to(self._prefix, (len(rows), len(self._prefix)))
        return _texts(np.concatenate([prefixes, _base32(rows)], axis=1))

    def _digest(self, affiliate_id: int, kind: str, identifier: str) -> bytes:
        prepared = self._prepared.get((affiliate_id, kind))
        if prepared is None:
            key = affiliate_key(self._key, affiliate_id, "pseudonym")
            prepared = hmac.new(key, f"{kind}\0{affiliate_id}\0".encode(), "sha256")
            self._prepared[affiliate_id, kind] = prepared
        own = prepared.copy()
        own.update(identifier.encode())
        return own.digest()[:_BYTES]


def pseudonym(key: bytes, affiliate_id: int, kind: str, identifier: str) -> str:
    """The pseudonym of a single ID."""
    return str(Pseudonyms(key).of([(affiliate_id, kind, identifier)])[0].as_py())


def _base32(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    bits = np.unpackbits(rows, axis=1, count=CHARACTERS * 5)
    numbers: NDArray[np.uint8] = bits.reshape(len(rows), CHARACTERS, 5) @ _WEIGHTS
    return _ALPHABET[numbers]


def _texts(characters: NDArray[np.uint8]) -> pa.Array:
    """One text per row; all rows have the same number of ASCII characters."""
    count, width = characters.shape
    ends = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(characters))]
    return pa.Array.from_buffers(pa.string(), count, buffers)
