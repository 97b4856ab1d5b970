"""`affiliate identity split`, `join` and `decisions`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from affiliate import console
from affiliate.commands.identity.shown import decision_as_json, show_decisions
from affiliate.commands.identity.warehouse import people_and_zone
from affiliate.commands.parts import Json
from core.settings import load_settings
from ingestion.landing import LandingZone

if TYPE_CHECKING:
    from identity.decisions import Pair, Verb

Reason = Annotated[str, typer.Option(help="Why; kept with the decision. Name no personal data.")]
By = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who decides. Default: the user's name.")
]


def split(
    customer_id: Annotated[str, typer.Argument(metavar="ID", help="The person.")],
    record: Annotated[
        list[str], typer.Option(metavar="RECORD", help="A record to set apart, as 3:17; repeat it.")
    ],
    reason: Reason,
    by: By = None,
    json: Json = False,
) -> None:
    """Say that some records of a person are somebody else's; the next run does it.

    Example: affiliate identity split 5f2b9c… --record 3:17 --record 4:2 --reason "their brother"
    """
    from identity.deciding import pairs_to_split

    with people_and_zone() as (people, zone):
        pairs = pairs_to_split(people, zone, customer_id, record)
        _decide(zone, "different", pairs, by, reason, json)


def join(
    one: Annotated[str, typer.Argument(metavar="ID", help="A customer_id, or a record as 3:17.")],
    other: Annotated[str, typer.Argument(metavar="ID", help="The other one.")],
    reason: Reason,
    by: By = None,
    json: Json = False,
) -> None:
    """Say that two persons are one; the next run does it. Also takes a split back.

    Example: affiliate identity join 3:17 4:2 --reason "confirmed by phone"
    """
    from identity.deciding import pairs_to_join

    with people_and_zone() as (people, zone):
        _decide(zone, "same", pairs_to_join(people, zone, one, other), by, reason, json)


def decisions(json: Json = False) -> None:
    """List what stewards decided, oldest first.

    Example: affiliate identity decisions --json
    """
    from identity.decisions import read

    found = read(LandingZone(load_settings().landing_path))
    if json:
        console.print_json(list(map(decision_as_json, found)))
    elif found:
        show_decisions(found)
    else:
        console.out.print("Nothing was decided yet.")


def _decide(
    zone: LandingZone, verb: Verb, pairs: list[Pair], by: str | None, reason: str, json: bool
) -> None:
    from getpass import getuser

    from identity.decisions import land

    act = land(zone, verb, pairs, by=by or getuser(), reason=reason, at=datetime.now(UTC))
    if json:
        console.print_json(decision_as_json(act))
        return
    what = "one person" if verb == "same" else "different persons"
    console.out.print(
        f"[green]✓[/] decision {act.decision_id}: {len(pairs)} pairs of records are {what}. "
        "It is kept for good and takes effect with the next `affiliate run`."
    )
