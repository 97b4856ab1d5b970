"""What a review found: outcomes and counts, never a value of a row."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from ingestion.landing.manifest import Outcome
from ingestion.quality import rules
from ingestion.quality.rules import WHOLE_TABLE, Kind, QualityRule, Severity

_WANTED = {
    rules.NOT_NULL: "a value",
    rules.NULL: "no value",
    rules.UNIQUE: "what no other row has",
    rules.UNIQUE_TOGETHER: "what no other row has",
    rules.AT_LEAST: "the first not below the second",
}


@dataclass(frozen=True)
class RuleResult:
    """One expectation on one batch.

    Attributes:
        subject: Table or event type.
        kind: Which question it answers.
        expectation: Class in `great_expectations.expectations`.
        columns: What was looked at; none is the whole table.
        severity: What a failure does.
        success: Whether enough rows kept the rule.
        why: What a failure means.
        mostly: Least share of good rows.
        limits: What the rule allows, as text.
        rows: Rows that were looked at.
        missing: Rows without a value; they count neither way.
        unexpected: Rows that broke the rule.
        observed: The measure of rules on the whole table: rows, or hours of age.
        evaluated: False when the rule could not be evaluated; then it failed.
    """

    subject: str
    kind: Kind
    expectation: str
    columns: tuple[str, ...]
    severity: Severity
    success: bool
    why: str
    mostly: float
    limits: str
    rows: int | None = None
    missing: int | None = None
    unexpected: int | None = None
    observed: int | None = None
    evaluated: bool = True

    @property
    def share(self) -> float | None:
        """Rows that broke the rule, as a share of those with a value."""
        if self.unexpected is None or self.rows is None:
            return None
        valued = self.rows - (self.missing or 0)
        return self.unexpected / valued if valued else 0.0

    @property
    def held(self) -> bool:
        """Whether it keeps the batch out of the build."""
        return self.severity == "error" and not self.success

    @property
    def found(self) -> str:
        """What was observed, in words."""
        if not self.evaluated:
            return "could not be evaluated"
        if self.share is not None:
            valued = (self.rows or 0) - (self.missing or 0)
            return f"{self.unexpected:,} of {valued:,} ({self.share:.1%}) broke it"
        return "nothing" if self.observed is None else f"{self.observed:,}"


@dataclass(frozen=True)
class QualityReport:
    """One dataset of one entry.

    Attributes:
        dataset: `oltp/…` or `events/…`.
        entry: Number of the manifest entry that landed the rows.
        committed_at: When that was.
        reviewed_at: The instant that ages were measured against.
        rows_read: Rows the source gave.
        rows_quarantined: Those set aside, at the time of the review.
        outcome: `held` if any rule of severity error failed, or the breaker opened.
        reasons: One line for each of them, with what to do.
        results: All rules, failed or not.
        quarantined: Reason code → rows set aside.
    """

    dataset: str
    entry: int
    committed_at: datetime
    reviewed_at: datetime
    rows_read: int
    rows_quarantined: int
    outcome: Outcome
    reasons: tuple[str, ...]
    results: tuple[RuleResult, ...]
    quarantined: dict[str, int]

    @property
    def warnings(self) -> tuple[RuleResult, ...]:
        """Failed rules that hold nothing back."""
        return tuple(r for r in self.results if r.severity == "warning" and not r.success)

    def line(self, result: RuleResult) -> str:
        """What a failed rule of it found, as one line for people."""
        where = (
            self.dataset if result.subject in self.dataset else f"{self.dataset}: {result.subject}"
        )
        what = ", ".join(result.columns) or "rows"
        wanted = f"wanted {result.limits} ({result.expectation})"
        return f"{where}: {what}: {result.found}; {wanted}: {result.why}"

    def to_json(self) -> dict[str, Any]:
        """JSON of it; `from_json` reads it."""
        stored = asdict(self)
        return stored | {
            "committed_at": self.committed_at.isoformat(),
            "reviewed_at": self.reviewed_at.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> QualityReport:
        """Reads what `to_json` wrote."""
        results = (RuleResult(**{**r, "columns": tuple(r["columns"])}) for r in stored["results"])
        return cls(
            **{
                **stored,
                "committed_at": datetime.fromisoformat(stored["committed_at"]),
                "reviewed_at": datetime.fromisoformat(stored["reviewed_at"]),
                "reasons": tuple(stored["reasons"]),
                "results": tuple(results),
            }
        )


def limits(rule: QualityRule) -> str:
    """What a rule expects, as text for people."""
    arguments = rule.arguments
    if rule.expectation in _WANTED:
        wanted = _WANTED[rule.expectation]
    elif "value_set" in arguments:
        wanted = "one of " + ", ".join(arguments["value_set"])
    elif "regex" in arguments:
        wanted = f"the form {arguments['regex']}"
    else:
        least = "above" if arguments.get("strict_min") else "at least"
        ends = ((least, arguments.get("min_value")), ("at most", arguments.get("max_value")))
        wanted = ", ".join(f"{side} {_text(end)}" for side, end in ends if end is not None)
    if rule.expectation in WHOLE_TABLE:
        return wanted
    share = "in every row" if rule.mostly == 1 else f"in at least {rule.mostly:.1%} of rows"
    return f"{wanted} {share}"


def _text(limit: Any) -> str:
    if isinstance(limit, datetime):
        return f"{limit:%Y-%m-%d %H:%M}"
    return str(limit) if isinstance(limit, date) else f"{limit:,}"
