"""Results of the scanners; they never contain a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import AffiliateError

_SHOWN = 5


class PrivacyError(AffiliateError):
    """A release file holds personal data: nothing was published."""


@dataclass(frozen=True)
class Finding:
    """A column with `count` distinct personal values of a kind (name, email, …)."""

    table: str
    column: str
    kind: str
    count: int

    def __str__(self) -> str:
        return f"{self.table}.{self.column} ({self.kind}, {self.count})"


def refuse(findings: Sequence[Finding]) -> None:
    """Raises a `PrivacyError` if there is any finding."""
    if findings:
        shown = ", ".join(map(str, findings[:_SHOWN]))
        more = f" and {len(findings) - _SHOWN} more" if len(findings) > _SHOWN else ""
        raise PrivacyError(
            f"personal data in the release, nothing was published: {shown}{more}; "
            "remove it from the marts and publish again"
        )
