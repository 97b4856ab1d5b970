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


def test_our_own_errors_keep_their_words_and_their_exit_code() -> None:
    error = run_and_fail(ConfigurationError("no broker answers: check it"))

    assert isinstance(error, ConfigurationError)
    assert str(error) == "no broker answers: check it"
    assert run_and_fail(DiskFullError("no space at /x")).exit_code == 1


def test_of_a_foreign_error_only_the_class_is_told() -> None:
    error = run_and_fail(ValueError("could not convert 'ana@example.com'"))

    assert "broken failed with ValueError" in str(error)
    assert "ana@example.com" not in str(error)
    assert error.exit_code == 1


def test_who_pressed_ctrl_c_is_told_apart_from_what_failed() -> None:
    assert was_interrupted(events_of(dg.DagsterExecutionInterruptedError()))
    assert not was_interrupted(events_of(ValueError("no")))
