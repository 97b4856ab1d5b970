"""Why a run failed, in one line without row values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

from core.disk import is_full
from core.errors import AffiliateError, ConfigurationError
from orchestration.lib.redaction import WithheldError

DISK_FULL = "the disk is full; the last release is unchanged: free some space and run again"


def reason(events: Iterable[dg.DagsterEvent]) -> AffiliateError:
    """The error of the first failed step, with the exit code of its class.

    The message of a platform error is shown. Of any other error only the class is shown, because
    databases and parsers repeat row values in their messages.
    """
    for event in events:
        error = getattr(event.event_specific_data, "error", None)
        if error is None:
            continue
        where = event.step_key or "the run"
        for link in _chain(error):
            if known := _platform_errors().get(link.cls_name or ""):
                return _as(known, _text(link))
        root = list(_chain(error))[-1]
        if root.cls_name == WithheldError.__name__:
            return AffiliateError(f"{where} failed with {_text(root)}")
        if is_full(root.message):
            return AffiliateError(DISK_FULL)
        return AffiliateError(f"{where} failed with {root.cls_name}: see the run in `affiliate up`")
    return AffiliateError("the run failed: see it in `affiliate up`")


def was_interrupted(events: Iterable[dg.DagsterEvent]) -> bool:
    """Whether Ctrl-C ended a step."""
    errors = (getattr(event.event_specific_data, "error", None) for event in events)
    return any(
        link.cls_name == dg.DagsterExecutionInterruptedError.__name__
        for error in errors
        for link in _chain(error)
    )


def _as(known: type[AffiliateError], text: str) -> AffiliateError:
    """An error with this text and exit code; the original class may need more arguments."""
    return (
        ConfigurationError(text) if issubclass(known, ConfigurationError) else AffiliateError(text)
    )


def _chain(error: Any) -> Iterator[Any]:
    """The error, its cause, and so on to the root."""
    while error is not None:
        yield error
        error = error.cause


def _platform_errors() -> dict[str, type[AffiliateError]]:
    """All error classes of the platform by name."""
    found: dict[str, type[AffiliateError]] = {}
    waiting: list[type[AffiliateError]] = [AffiliateError]
    while waiting:
        one = waiting.pop()
        found[one.__name__] = one
        waiting += one.__subclasses__()
    return found


def _text(error: Any) -> str:
    """The message without the class name that Dagster prepends."""
    return str(error.message).strip().split(": ", 1)[-1]
