"""`affiliate erase`: deletes a customer's personal data everywhere."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate import console
from affiliate.options import AffiliateSlug, CustomerId, Json
from affiliate.progress import showing_progress
from core.settings import load_settings


def erase(
    affiliate: AffiliateSlug,
    customer: CustomerId,
    scope: Annotated[
        str,
        typer.Option(help="affiliate: erase the person at this affiliate. all: at every one."),
    ] = "affiliate",
    request_id: Annotated[
        str | None,
        typer.Option(help="Id of the request. Repeating it prints the same receipt."),
    ] = None,
    json: Json = False,
) -> None:
    """Erase a customer from landed files, the warehouse and releases, and print a receipt.

    If the command is interrupted, repeating it or the next run completes the erasure.

    Example: affiliate erase --affiliate north --customer 17 --request-id R-2026-004
    """
    settings = load_settings()
    with showing_progress() as progress:
        from orchestration import erasure

        receipt = erasure.erase(settings, affiliate, customer, scope, request_id, on_step=progress)
    if json:
        console.print_json(receipt.to_json())
        return
    console.out.print(
        f"erasure [bold]{receipt.request_id}[/]  scope {receipt.scope}, {receipt.records} customer "
        f"records\nrequested {receipt.requested_at:%Y-%m-%d %H:%M:%S} UTC, finished "
        f"{receipt.finished_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    console.print_table(("rewritten or removed", "count"), sorted(receipt.artefacts.items()))
    console.out.print(
        f"{receipt.files_searched:,} files searched, {receipt.residue} occurrences left"
    )
