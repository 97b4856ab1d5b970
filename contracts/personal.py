"""The classes of personal data. Every column and every event property has exactly one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

#: How a value identifies a person: directly (`direct`), in combination with others (`quasi`), or
#: not at all (`none`).
Level = Literal["direct", "quasi", "none"]


@dataclass(frozen=True)
class PersonalClass:
    """One class.

    Attributes:
        level: How a value identifies a person.
        is_searched: Whether a release that contains a known value of the class is refused.
        meaning: One line for people.
    """

    level: Level
    is_searched: bool
    meaning: str


NONE = "none"
CLASSES: dict[str, PersonalClass] = {
    NONE: PersonalClass("none", False, "Not personal data by itself."),
    "name": PersonalClass("direct", True, "Name of a person, or of an affiliate as a business."),
    "email": PersonalClass("direct", True, "E-mail address."),
    "phone": PersonalClass("direct", True, "Phone number."),
    "identifier": PersonalClass("direct", True, "Number of an authority: tax, identity, register."),
    "handle": PersonalClass("direct", True, "Name of an account on a social platform."),
    "birth_date": PersonalClass("direct", True, "Date of birth."),
    "street": PersonalClass("direct", True, "Street with house number."),
    "postal_code": PersonalClass("direct", True, "Postal code."),
    "city": PersonalClass("quasi", True, "City of an address."),
    "free_text": PersonalClass("direct", False, "Typed freely: it may contain personal data."),
    "attribute": PersonalClass(
        "quasi", False, "A fact about a person who is known otherwise, such as a gender."
    ),
}
#: Classes whose values identify a person anywhere; an erasure searches for them.
IDENTIFYING = ("name", "email", "phone", "identifier")


def check_class(given: object, where: str) -> None:
    """Refuses a missing or unknown class.

    Args:
        given: The class in the contract.
        where: Table and column, or event type and property.

    Raises:
        ValueError: it is none of `CLASSES`.
    """
    if given is None:
        raise ValueError(
            f"{where} has no class of personal data: add one of {', '.join(CLASSES)} "
            "(`none` if it is not personal data)"
        )
    if given not in CLASSES:
        raise ValueError(
            f"{where}: {given!r} is no class of personal data; there are {', '.join(CLASSES)}"
        )


def strongest(classes: Iterable[str]) -> Level:
    """Return the highest level of the classes."""
    levels = {CLASSES[name].level for name in classes}
    if "direct" in levels:
        return "direct"
    return "quasi" if "quasi" in levels else "none"
