"""How columns of a name are written, wherever they occur: patterns, and how much dirt is usual.

Formats only warn. People type `N/A` for an e-mail and blanks around it; the marts clean that, and
what cannot be cleaned is empty there. A falling share shows a form or an import that broke.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.quality.rules import QualityRule, shaped


@dataclass(frozen=True)
class Format:
    """One way of writing.

    Attributes:
        pattern: Regular expression for the whole value (RE2).
        mostly: Least share of the values that match it.
        why: What a failure means.
    """

    pattern: str
    mostly: float
    why: str


_EMAIL = Format(
    r"^\s*[^@\s]+@[^@\s]+\.[^@\s]{2,}\s*$", 0.80, "mail cannot reach these; placeholders are usual"
)
_PHONE = Format(r"^\s*[+(]?[0-9][0-9 ().\-]{5,24}$", 0.90, "nobody can be called on these")
_COUNTRY = Format(r"^[A-Z]{2}$", 0.95, "not the shape of an ISO 3166 code")
_CURRENCY = Format(r"^[A-Z]{3}$", 0.99, "not the shape of an ISO 4217 code: amounts are unusable")
_POSTAL_CODE = Format(r"^\s*[0-9A-Za-z][0-9A-Za-z \-]{1,11}$", 0.90, "not the shape of any country")
_TIME_ZONE = Format(r"^[A-Za-z_]+([/+\-][A-Za-z0-9_+\-]+)*$", 0.99, "local dates fall back to UTC")
# a warning only: an affiliate with a hostile name must not stop the others; serving refuses it
_SLUG = Format(r"^[a-z0-9][a-z0-9_\-]{0,62}$", 1.0, "the affiliate gets no file of its own")
_SKU = Format(r"^[0-9A-Za-z][0-9A-Za-z ._/\-]{0,63}$", 0.95, "not a stock-keeping unit")
_CODE = Format(r"^\S.{0,99}$", 0.95, "blank, or longer than a code is")

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
    """Rules for those of the columns that have a format."""
    known = ((column, FORMATS[column]) for column in columns if column in FORMATS)
    return tuple(shaped(column, f.pattern, f.mostly, f.why) for column, f in known)
