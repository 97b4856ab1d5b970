"""`affiliate identity split`, `join` and `decisions`."""

from __future__ import annotations

from getpass import getuser
from typing import TYPE_CHECKING, Annotated

import typer

from affiliate import console
from affiliate.commands.identity.shown import decision_as_json, show_decisions
from affiliate.options import Json
from core.settings import load_settings

if TYPE_CHECKING:
    from identity import Decision

Reason = Annotated[
    str, typer.Option(help="Reason, stored with the decision. Do not enter personal data.")
]
By = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who decides. Default: your user name.")
]


def split(
    customer_id: Annotated[str, typer.Argument(metavar="ID", help="The customer_id.")],
    record: Annotated[
        list[str],
        typer.Option(metavar="RECORD", help="A record to split off, such as 3:17; repeatable."),
    ],
    reason: Reason,
    by: By = None,
    json: Json = False,
) -> None:
    """Split records off a customer: they belong to someone else. Takes effect with the next run.

    Example: affiliate identity split 5f2b9c… --record 3:17 --record 4:2 --reason "their brother"
    """
    import identity

    who = by or getuser()
    _show(identity.split(load_settings(), customer_id, record, by=who, reason=reason), json)


def join(
    one: Annotated[
        str, typer.Argument(metavar="ID", help="A customer_id, or a record such as 3:17.")
    ],
    other: Annotated[str, typer.Argument(metavar="ID", help="The other one.")],
    reason: Reason,
    by: By = None,
    json: Json = False,
) -> None:
    """Join two customers: they are one person. Takes effect with the next run; also undoes a split.

    Example: affiliate identity join 3:17 4:2 --reason "confirmed by phone"
    """
    import identity

    _show(identity.join(load_settings(), one, other, by=by or getuser(), reason=reason), json)


def decisions(json: Json = False) -> None:
    """List the splits and joins that stewards decided, oldest first.

    Example: affiliate identity decisions --json
    """
    import identity

    found = identity.list_decisions(load_settings())
    if json:
        console.print_json(list(map(decision_as_json, found)))
    elif found:
        show_decisions(found)
    else:
        console.out.print("There are no decisions yet.")


def _show(decision: Decision, json: bool) -> None:
    if json:
        console.print_json(decision_as_json(decision))
        return
    what = "one person" if decision.decision == "same" else "different people"
    console.out.print(
        f"[green]✓[/] decision {decision.decision_id}: {len(decision.pairs)} pairs of records are "
        f"{what}. It is stored permanently and takes effect with the next `affiliate run`."
    )
