"""Erases a customer now: submits the request and runs the job that fulfils it."""

from __future__ import annotations

from collections.abc import Callable

from core.errors import AffiliateError
from core.settings import Settings
from orchestration.execute import StepEvent, execute
from privacy.erasure import Receipt, Requests, submit


def erase(
    settings: Settings,
    affiliate: str,
    customer: int,
    scope: str,
    request_id: str | None = None,
    *,
    on_step: Callable[[StepEvent], None] = lambda _: None,
) -> Receipt:
    """Erases a customer and publishes a release without them.

    Args:
        settings: Where everything is.
        affiliate: Slug.
        customer: Id of the customer at that affiliate.
        scope: `affiliate` or `all`.
        request_id: Name of the request; the same name gives the receipt of the first time.
        on_step: As for `execute`.

    Raises:
        ConfigurationError: there is no such affiliate, customer or scope.
        AffiliateError: a step failed, or the erasure waits for something; the request stays open,
            and the next run continues it.
    """
    submitted = submit(settings, affiliate, customer, scope, request_id)
    if not isinstance(submitted, Receipt):
        execute("erase", settings, on_step=on_step)
    found = Requests(settings.erasures_path).find(submitted.request_id)
    if not isinstance(found, Receipt):
        waits = "; ".join(found.waits_for if found else ()) or "run again"
        raise AffiliateError(f"erasure {submitted.request_id} is not finished yet: {waits}")
    return found
