"""Submits an erasure request, for a customer named as people name one: affiliate and id there."""

from __future__ import annotations

from core.errors import ConfigurationError
from core.run_lock import run_lock
from core.settings import Settings
from ingestion.landing import LandingZone
from privacy.erasure import person
from privacy.erasure.erasing import request
from privacy.erasure.requests import SCOPES, Receipt, Request


def submit(
    settings: Settings, affiliate: str, customer: int, scope: str, request_id: str | None = None
) -> Request | Receipt:
    """Makes a request durable; the next run erases the customer.

    Args:
        settings: Where requests and the landing zone are.
        affiliate: Slug.
        customer: Id of the customer at that affiliate.
        scope: `affiliate` or `all`.
        request_id: Name of the request; a random one if None.

    Returns:
        The request, or its receipt if a request of that name was fulfilled before.

    Raises:
        ConfigurationError: there is no such affiliate, customer or scope.
        AffiliateError: a run is in progress.
    """
    named = next((known for known in SCOPES if known == scope), None)
    if named is None:
        raise ConfigurationError("--scope is affiliate or all")
    zone = LandingZone(settings.landing_path)
    with run_lock(settings.home):
        record = (person.affiliate_of(zone, affiliate), customer)
        return request(settings, zone, record, named, request_id=request_id)
