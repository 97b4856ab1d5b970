"""Guessing passwords is slow, and never shuts anybody out for long."""

from __future__ import annotations

from web.throttle import PER_ADDRESS, PER_NAME, WINDOW_SECONDS, Throttle


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_attempts_per_name_are_limited() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    assert [throttle.attempt("a", "ana") for _ in range(PER_NAME)] == [0.0] * PER_NAME
    clock.now = 10.0
    assert throttle.attempt("a", "ana") == WINDOW_SECONDS - 10
    assert throttle.attempt("a", "bo") == 0.0
    assert throttle.attempt("b", "ana") == 0.0
    clock.now = WINDOW_SECONDS
    assert throttle.attempt("a", "ana") == 0.0


def test_attempts_per_address_are_limited() -> None:
    throttle = Throttle(Clock())
    allowed = [throttle.attempt("a", f"name{n}") for n in range(PER_ADDRESS + 1)]
    assert allowed[-1] > 0
    assert not any(allowed[:-1])


def test_correct_password_resets_the_count() -> None:
    throttle = Throttle(Clock())
    for _ in range(PER_NAME):
        throttle.attempt("a", "ana")
    throttle.succeeded("a", "ana")
    assert throttle.attempt("a", "ana") == 0.0


def test_successful_sign_ins_are_not_limited() -> None:
    throttle = Throttle(Clock())
    for n in range(2 * PER_ADDRESS):
        assert throttle.attempt("a", f"name{n}") == 0.0
        throttle.succeeded("a", f"name{n}")


def test_old_attempts_expire() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for n in range(PER_ADDRESS):
        throttle.attempt("a", f"name{n}")
    clock.now = 2 * WINDOW_SECONDS
    throttle.attempt("b", "ana")
    assert len(throttle._tries) == 2
