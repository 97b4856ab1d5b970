"""Usual formats of common columns: a pattern and the minimum share of values that match.

Formats only warn. People type `N/A` as an e-mail, or add blanks; the marts clean such values or
leave them empty. A falling share points to a broken form or import.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.quality.rules import QualityRule, matches_pattern


@dataclass(frozen=True)
class Format:
    """Format of a column.

    Attributes:
        pattern: Regular expression for the whole value (RE2).
        mostly: Minimum share of values that match it.
        why: What a failure means.
    """

    pattern: str
    mostly: float
    why: str


_EMAIL = Format(
    r"^\s*[^@\s]+@[^@\s]+\.[^@\s]{2,}\s*$", 0.80, "not valid addresses; some placeholders are usual"
)
_PHONE = Format(r"^\s*[+(]?[0-9][0-9 ().\-]{5,24}$", 0.90, "not valid phone numbers")
_COUNTRY = Format(r"^[A-Z]{2}$", 0.95, "not an ISO 3166 code")
_CURRENCY = Format(r"^[A-Z]{3}$", 0.99, "not an ISO 4217 code: amounts are unusable")
_POSTAL_CODE = Format(
    r"^\s*[0-9A-Za-z][0-9A-Za-z \-]{1,11}$", 0.90, "not the postal code format of any country"
)
_TIME_ZONE = Format(r"^[A-Za-z_]+([/+\-][A-Za-z0-9_+\-]+)*$", 0.99, "local dates fall back to UTC")
# a warning only: one affiliate with an unsafe slug must not stop the others; serving rejects it
_SLUG = Format(r"^[a-z0-9][a-z0-9_\-]{0,62}$", 1.0, "no file is released for this affiliate")
_SKU = Format(r"^[0-9A-Za-z][0-9A-Za-z ._/\-]{0,63}$", 0.95, "not a stock-keeping unit")
_CODE = Format(r"^\S.{0,99}$", 0.95, "blank, or too long for a code")

#: Column → its format.
FORMATS: dict[str, Format] = {
    "email": _EMAIL,
    "phone": _PHONE,
    "country": _COUNTRY,
    "currency": _CURRENCY,
    "postal_code": _POSTAL_CODE,
    "time_zone": _TIME_ZONE,
    "slug": _SLUG,
    "sku": _SKU,
    "order_number": _CODE,
    "identifier": _CODE,
}


def formats(columns: tuple[str, ...]) -> tuple[QualityRule, ...]:
    """Build the rules of those columns that have a usual format."""
    known = ((column, FORMATS[column]) for column in columns if column in FORMATS)
    return tuple(matches_pattern(column, f.pattern, f.mostly, f.why) for column, f in known)
