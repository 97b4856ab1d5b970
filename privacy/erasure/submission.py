"""Submit an erasure request for a customer named by affiliate slug and customer ID."""

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
    """Store a request; the next run erases the customer.

    Args:
        settings: Settings of the platform.
        affiliate: Slug of the affiliate.
        customer: ID of the customer at that affiliate.
        scope: `affiliate` or `all`.
        request_id: ID of the request; a random one if None.

    Returns:
        The request, or its receipt if a request with this ID is finished.

    Raises:
        ConfigurationError: the affiliate, customer or scope does not exist.
        AffiliateError: a run is in progress.
    """
    named = next((known for known in SCOPES if known == scope), None)
    if named is None:
        raise ConfigurationError("--scope is affiliate or all")
    zone = LandingZone(settings.landing_path)
    with run_lock(settings.home):
        record = (person.affiliate_of(zone, affiliate), customer)
        return request(settings, zone, record, named, request_id=request_id)
