r"""Rules that find personal values in texts, as SQL. A row is (table, column, kind, count).

Each kind is compared in its own way, to avoid false positives:

| kind | refused |
|---|---|
| email | matches the pattern; or a known one that does not |
| phone | `+` and 8 digits; an area code in brackets; known ones of 9 digits, in any format |
| identifier | a known one of 6 characters, as a word or a value; digits only: like phones |
| iban | matches the pattern and has valid check digits |
| name, street | a known one of 2 to 6 words, also inside a text; ignores case, accents and order |
| birth_date | a known one before the first business day, as `1985-03-12` or `12.03.1985` |
| postal_code, city | a column with at least 5 known ones that are at least half of its values |
| handle | a known one with `@`, also inside a text; without it, as a whole value |
| hash | md5, sha1 or sha256 of a known e-mail, phone or identifier |

Not refused:

- A single word ("Ana"), a single postal code ("1000") or a single city: each is ambiguous.
- A name that is also a brand, a category or an affiliate's slug, and a part of an affiliate's name.
- A name that 20 rows of a column share ("walk-in customer"), unless at least half of the column's
  values, and at least 5, are known names: such a column names its sellers or affiliates.
- A handle without `@` that is also an affiliate's slug.
- Known digits in less than 1 % of a column's digit runs: some of ten million order numbers equal a
  phone number by chance. With fewer than 100 runs a single one is refused.
- Parts of random IDs (UUID, hex, base32): they are compared as a whole.
"""

from __future__ import annotations

from core import sql

#: A phrase that this many rows share identifies no one.
CROWD = 20
#: A column of known values: so many of them, and half of all.
COLUMN = 5

OPAQUE = (
    r"^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|([a-z]{1,8}_)?[0-9a-f]*[a-f][0-9a-f]*|([a-z]{1,8}_)?[A-Z2-7]*[A-Z][A-Z2-7]*)$"
)
_EMAIL = r"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*\.\p{L}{2,}"
_PHONE = (
    r"(^|[^0-9A-Za-z])(\+[ ]?[0-9]([ ()./-]*[0-9]){7,}|\([0-9]{2,5}\)[ -]?[0-9]([ -]?[0-9]){4,})"
)
IBAN = r"[A-Z]{2}[0-9]{2}( ?[0-9A-Z]{4}){2,7}( ?[0-9A-Z]{1,4})?"
_DIGIT_RUN = r"[0-9](?:[ ()./-]{0,2}[0-9]){8,}"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}"


def rules() -> tuple[str, ...]:
    """Return the SQL of all rules."""
    return (
        sql.load(__package__, "emails", email=_EMAIL),
        sql.load(__package__, "phone_patterns", phone=_PHONE),
        sql.load(__package__, "known_digits", digit_run=_DIGIT_RUN),
        sql.load(__package__, "identifiers"),
        sql.load(__package__, "phrases", crowd=str(CROWD), min_known=str(COLUMN)),
        sql.load(__package__, "handles"),
        sql.load(__package__, "birth_dates", date=_DATE),
        _columns_of("postal_code", "code(value)"),
        _columns_of("city", "phrase(value)"),
        sql.load(__package__, "hashes"),
    )


def _columns_of(kind: str, normalised: str) -> str:
    return sql.load(
        __package__,
        "columns_of_known",
        kind=kind,
        normalised=normalised,
        known_values=f"known_{kind}",
        min_known=str(COLUMN),
    )
