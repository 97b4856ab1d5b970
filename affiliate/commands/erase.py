"""`affiliate erase`: a person is taken out of everything the platform keeps."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate import console
from affiliate.commands.parts import Json, execute_with_progress
from core.errors import AffiliateError, ConfigurationError
from core.settings import load_settings
from ingestion.landing import LandingZone

AffiliateSlug = Annotated[str, typer.Option("--affiliate", metavar="SLUG", help="The affiliate.")]
CustomerId = Annotated[
    int, typer.Option("--customer", metavar="ID", min=1, help="The customer's id there.")
]


def erase(
    affiliate: AffiliateSlug,
    customer: CustomerId,
    scope: Annotated[
        str, typer.Option(help="affiliate: at this affiliate. all: everywhere.")
    ] = "affiliate",
    request_id: Annotated[
        str | None, typer.Option(help="Name of the request; asking twice erases once.")
    ] = None,
    json: Json = False,
) -> None:
    """Erase a person: from landed files, warehouse and releases, for good; prints a receipt.

    Killed in between, the same command or the next run completes it.

    Example: affiliate erase --affiliate north --customer 17 --request-id R-2026-004
    """
    from core.run_lock import run_lock
    from privacy.erasure import erasing, person
    from privacy.erasure.requests import SCOPES, Receipt, Requests

    named = next((known for known in SCOPES if known == scope), None)
    if named is None:
        raise ConfigurationError("--scope is affiliate or all")
    settings = load_settings()
    zone = LandingZone(settings.landing_path)
    with run_lock(settings.home):
        record = (person.affiliate_of(zone, affiliate), customer)
        made = erasing.request(settings, zone, record, named, request_id=request_id)
    if not isinstance(made, Receipt):
        execute_with_progress("erase", settings, None)
    found = Requests(settings.erasures_path).find(made.request_id)
    if not isinstance(found, Receipt):
        waits = "; ".join(found.waits_for if found else ()) or "run again"
        raise AffiliateError(f"erasure {made.request_id} is not finished yet: {waits}")
    if json:
        console.print_json(found.to_json())
        return
    console.out.print(
        f"erasure [bold]{found.request_id}[/]  scope {found.scope}, {found.records} customer "
        f"records\nrequested {found.requested_at:%Y-%m-%d %H:%M:%S} UTC, finished "
        f"{found.finished_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    console.print_table(("rewritten or removed", "count"), sorted(found.artefacts.items()))
    console.out.print(f"{found.files_searched:,} files searched, {found.residue} places left")
