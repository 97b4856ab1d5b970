"""`affiliate identity explain`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from affiliate import console
from affiliate.commands.identity.shown import decision_as_json, show_decisions, time
from affiliate.options import Json
from core.errors import AffiliateError
from core.settings import load_settings

if TYPE_CHECKING:
    from identity import Event, Explanation

PERSONAL = "this output contains personal data: store it securely and delete it after use"


def explain(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="A customer_id, or a record such as 3:17.")
    ],
    show_values: Annotated[
        bool,
        typer.Option("--show-values", help="Show names, e-mails, phone numbers and birth dates."),
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write an HTML page with a graph of the records."),
    ] = None,
    json: Json = False,
) -> None:
    """Show the records of a customer, the evidence that links them and the history of the id.

    Example: affiliate identity explain 3:17 --html person.html
    """
    from identity import explain_customer

    found = explain_customer(load_settings(), identifier, show_values=show_values)
    if show_values:
        console.err.print(f"[yellow]![/] {PERSONAL}")
    if html:
        _write_page(html, found)
    if json:
        console.print_json(
            asdict(found) | {"decisions": list(map(decision_as_json, found.decisions))}
        )
    elif not html:
        _show(found)


def _write_page(path: Path, found: Explanation) -> None:
    from identity import customer_page

    try:
        path.write_text(customer_page(found), encoding="utf-8")
        path.chmod(0o600)
    except OSError as error:
        raise AffiliateError(f"{path} cannot be written: {error.strerror}") from None
    console.err.print(f"[green]✓[/] {path}")


def _show(found: Explanation) -> None:
    from identity import format_bits, format_evidence

    console.out.print(f"customer [bold]{found.customer_id}[/]")
    if found.redirected:
        console.out.print(f"{found.asked} was merged into this customer")
    if not found.records:
        console.out.print("This id is retired: it has no records any more.")
    clear = ("name", "e-mail", "phone", "birth date") if found.values else ()
    if found.records:
        console.print_table(
            ("record", "affiliate", "known since", "linked since", *clear),
            [
                (r.record_id, r.affiliate, time(r.known_since), time(r.since),
                 *(asdict(found.values[r.record_id]).values() if found.values else ()))
                for r in found.records
            ],
        )  # fmt: skip
    if found.edges:
        console.print_table(
            ("records", "bits", "rule", "evidence"),
            [
                (f"{e.left} - {e.right}", format_bits(e.total), e.rule, format_evidence(e))
                for e in found.edges
            ],
        )
    if found.decisions:
        show_decisions(found.decisions)
    console.print_table(
        ("when", "event", "subject", "cause"),
        [(time(e.at), e.event, _what(e, found.customer_id), _cause(e)) for e in found.events],
    )


def _what(event: Event, customer_id: str) -> str:
    """The record or customer that was added or removed."""
    if event.record_id:
        return f"record {event.record_id}"
    if event.other_customer_id == customer_id:
        return f"from {event.customer_id}"
    return f"to {event.other_customer_id}" if event.other_customer_id else ""


def _cause(event: Event) -> str:
    from identity import format_bits

    edge = " - ".join(event.cause_records or ())
    return " ".join(filter(None, (event.cause, edge, format_bits(event.cause_weight))))
