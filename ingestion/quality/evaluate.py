"""Evaluate rules on a DuckDB view with Great Expectations; returns counts, never values."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from ingestion.quality.results import RuleResult, limits
from ingestion.quality.rules import AT_LEAST, UNIQUE_TOGETHER, WHOLE_TABLE, QualityRule

#: Other formats include the unexpected values, which may be personal data.
COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
#: Our severities → those of Great Expectations.
SEVERITIES = {"error": "critical", "warning": "warning"}


def evaluate(
    connection: duckdb.DuckDBPyConnection, view: str, subject: str, rules: Sequence[QualityRule]
) -> list[RuleResult]:
    """Evaluate rules as one suite.

    Args:
        connection: DuckDB connection with the view; only read from.
        view: Name of a view or table with the rules' columns.
        subject: Table or event type of the rows.
        rules: Rules to evaluate, without duplicates.

    Returns:
        One result per applicable rule, in order; empty if the view has no rows. A rule that
        cannot be evaluated counts as failed.
    """
    if not rules:
        return []
    rows = connection.execute(f'select count(*) from "{view}"').fetchall()[0][0]
    rules = [rule for rule in rules if rows >= rule.needs_rows]
    if not rows:
        return []
    with _quiet():
        found = _validate(connection, view, rules)
    return [
        _result(subject, rule, *found.get(number, (False, None)))
        for number, rule in enumerate(rules)
    ]


def _validate(
    connection: duckdb.DuckDBPyConnection, view: str, rules: Sequence[QualityRule]
) -> dict[int, tuple[bool, dict[str, Any] | None]]:
    """Map the index of each rule to its success and its counts."""
    # the import takes seconds, so it happens only when there is something to validate
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from sqlalchemy.dialects import registry

    registry.register("landed.duckdb", "ingestion.quality.dialect", "LandedDialect")
    # the default config would create a directory for pages outside AFFILIATE_HOME
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        progress_bars=ProgressBarsConfig(globally=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    sources: Any = context.data_sources  # its stubs do not know `kwargs`
    source = sources.add_sql(
        "landed", connection_string="landed+duckdb://", kwargs={"creator": connection.cursor}
    )
    batch = source.add_table_asset(view, table_name=view).add_batch_definition_whole_table("all")
    suite = gx.ExpectationSuite(
        view, expectations=[_expectation(rule, number) for number, rule in enumerate(rules)]
    )
    validated = batch.get_batch().validate(suite, result_format=COUNTS_ONLY)
    return dict(_counted(result) for result in validated.results)


def _counted(result: Any) -> tuple[int, tuple[bool, dict[str, Any] | None]]:
    # the text of an exception may contain row values: only record that there was one
    counts = None if _raised(result.exception_info) else result.result
    return result.expectation_config.meta["rule"], (bool(result.success), counts)


def _expectation(rule: QualityRule, number: int) -> Any:
    import great_expectations.expectations as gxe

    arguments: dict[str, Any] = dict(rule.arguments)
    if rule.expectation == AT_LEAST:
        arguments["column_A"], arguments["column_B"] = rule.columns
    elif rule.expectation == UNIQUE_TOGETHER:
        arguments["column_list"] = list(rule.columns)
    elif rule.columns:
        (arguments["column"],) = rule.columns
    if rule.expectation not in WHOLE_TABLE:
        arguments["mostly"] = rule.mostly
    return getattr(gxe, rule.expectation)(
        severity=SEVERITIES[rule.severity], meta={"rule": number}, **arguments
    )


def _raised(exception_info: Any) -> bool:
    """True if an exception was raised; Great Expectations stores one, or one per metric."""
    if not exception_info:
        return False
    found = [exception_info, *(v for v in exception_info.values() if isinstance(v, dict))]
    return any(part.get("raised_exception") for part in found)


def _result(
    subject: str, rule: QualityRule, success: bool, counts: dict[str, Any] | None
) -> RuleResult:
    known = counts or {}
    observed = known.get("observed_value")
    return RuleResult(
        subject=subject,
        kind=rule.kind,
        expectation=rule.expectation,
        columns=rule.columns,
        severity=rule.severity,
        success=success and counts is not None,
        why=rule.why,
        mostly=rule.mostly,
        limits=limits(rule),
        rows=_whole(known.get("element_count")),
        missing=_whole(known.get("missing_count")),
        unexpected=_whole(known.get("unexpected_count")),
        observed=_whole(observed),
        evaluated=counts is not None,
    )


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the library's logs, which contain SQL, parameters and exceptions."""
    loggers = [logging.getLogger(name) for name in ("great_expectations", "sqlalchemy")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
