"""The one line that a failed run leaves."""

from __future__ import annotations

import dagster as dg

from core.errors import AffiliateError, ConfigurationError
from orchestration.lib.failures import reason, was_interrupted


class DiskFullError(AffiliateError):
    pass


def events_of(error: BaseException) -> list[dg.DagsterEvent]:
    @dg.asset
    def broken() -> None:
        raise error

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([broken], instance=instance, raise_on_error=False)
    return list(result.all_events)


def run_and_fail(error: Exception) -> AffiliateError:
    return reason(events_of(error))


def test_platform_errors_keep_message_and_exit_code() -> None:
    error = run_and_fail(ConfigurationError("no broker answers: check it"))

    assert isinstance(error, ConfigurationError)
    assert str(error) == "no broker answers: check it"
    assert run_and_fail(DiskFullError("no space at /x")).exit_code == 1


def test_foreign_errors_show_their_class_only() -> None:
    error = run_and_fail(ValueError("could not convert 'ana@example.com'"))

    assert "broken failed with ValueError" in str(error)
    assert "ana@example.com" not in str(error)
    assert error.exit_code == 1


def test_ctrl_c_differs_from_a_failure() -> None:
    assert was_interrupted(events_of(dg.DagsterExecutionInterruptedError()))
    assert not was_interrupted(events_of(ValueError("no")))
