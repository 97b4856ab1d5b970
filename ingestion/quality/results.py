"""Validation results: outcomes and counts, never row values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from ingestion.landing.manifest import Outcome
from ingestion.quality import rules
from ingestion.quality.rules import WHOLE_TABLE, Kind, QualityRule, Severity

_EXPECTED = {
    rules.NOT_NULL: "a value",
    rules.NULL: "no value",
    rules.UNIQUE: "unique values",
    rules.UNIQUE_TOGETHER: "unique values",
    rules.AT_LEAST: "the first at least the second",
}


@dataclass(frozen=True)
class RuleResult:
    """Result of one expectation on one batch.

    Attributes:
        subject: Table or event type.
        kind: Check that the rule belongs to.
        expectation: Class in `great_expectations.expectations`.
        columns: Columns checked; empty for a rule on the whole table.
        severity: `error` holds the batch, `warning` does not.
        success: True if enough rows passed.
        why: Meaning of a failure.
        mostly: Minimum share of passing rows.
        limits: Allowed values, as text.
        rows: Number of rows checked.
        missing: Rows without a value, which are ignored.
        unexpected: Rows that failed.
        observed: Measured value of a rule on the whole table: rows, or hours of age.
        evaluated: False if the rule could not be evaluated, which counts as a failure.
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
        """Share of failed rows among those with a value."""
        if self.unexpected is None or self.rows is None:
            return None
        valued = self.rows - (self.missing or 0)
        return self.unexpected / valued if valued else 0.0

    @property
    def held(self) -> bool:
        """True if this result holds the batch."""
        return self.severity == "error" and not self.success

    @property
    def found(self) -> str:
        """Observed result, as text."""
        if not self.evaluated:
            return "could not be evaluated"
        if self.share is not None:
            valued = (self.rows or 0) - (self.missing or 0)
            return f"{self.unexpected:,} of {valued:,} rows ({self.share:.1%}) failed"
        return "nothing" if self.observed is None else f"{self.observed:,}"


@dataclass(frozen=True)
class QualityReport:
    """Validation results of one batch: the rows of a dataset in one manifest entry.

    Attributes:
        dataset: `oltp/…` or `events/…`.
        entry: Number of the manifest entry.
        committed_at: Time when the entry was committed.
        reviewed_at: Time of the validation; ages are measured against it.
        rows_read: Rows read from the source.
        rows_quarantined: Rows in quarantine at the time of the validation.
        outcome: `held` if a rule of severity error failed or the breaker opened.
        reasons: One line per reason to hold the batch, with the action to take.
        results: Results of all rules.
        quarantined: Reason code → rows in quarantine.
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
        """Failed rules that do not hold the batch."""
        return tuple(r for r in self.results if r.severity == "warning" and not r.success)

    def line(self, result: RuleResult) -> str:
        """Describe a failed rule in one line."""
        where = (
            self.dataset if result.subject in self.dataset else f"{self.dataset}: {result.subject}"
        )
        what = ", ".join(result.columns) or "rows"
        expected = f"expected {result.limits} ({result.expectation})"
        return f"{where}: {what}: {result.found}; {expected}: {result.why}"

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON data, for `from_json`."""
        stored = asdict(self)
        return stored | {
            "committed_at": self.committed_at.isoformat(),
            "reviewed_at": self.reviewed_at.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> QualityReport:
        """Build a report from the output of `to_json`."""
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
    """Describe what a rule allows."""
    arguments = rule.arguments
    if rule.expectation in _EXPECTED:
        expected = _EXPECTED[rule.expectation]
    elif "value_set" in arguments:
        expected = "one of " + ", ".join(arguments["value_set"])
    elif "regex" in arguments:
        expected = f"the format {arguments['regex']}"
    else:
        low = "above" if arguments.get("strict_min") else "at least"
        ends = ((low, arguments.get("min_value")), ("at most", arguments.get("max_value")))
        expected = ", ".join(f"{side} {_text(end)}" for side, end in ends if end is not None)
    if rule.expectation in WHOLE_TABLE:
        return expected
    share = "in every row" if rule.mostly == 1 else f"in at least {rule.mostly:.1%} of rows"
    return f"{expected} {share}"


def _text(limit: Any) -> str:
    if isinstance(limit, datetime):
        return f"{limit:%Y-%m-%d %H:%M}"
    return str(limit) if isinstance(limit, date) else f"{limit:,}"
