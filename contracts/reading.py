"""Makes the parts of a contract from its file; whatever is missing or unknown is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

Part = TypeVar("Part")


def part(kind: type[Part], given: Mapping[str, Any], where: str) -> Part:
    """A dataclass from a mapping.

    Args:
        kind: The dataclass.
        given: Attribute → value; lists become tuples.
        where: What the errors name.

    Raises:
        ValueError: an attribute is unknown or missing, or the dataclass refuses its values.
    """
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    if unknown := given.keys() - known.keys():
        raise ValueError(f"{where}: unknown keys {sorted(unknown)}")
    needed = {name for name, field in known.items() if field.default is MISSING}
    if missing := needed - given.keys():
        raise ValueError(f"{where}: {sorted(missing)} are missing")
    frozen = {key: tuple(v) if isinstance(v, list) else v for key, v in given.items()}
    try:
        return kind(**frozen)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
