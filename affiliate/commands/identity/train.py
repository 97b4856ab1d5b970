"""`affiliate identity train`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from affiliate import console
from affiliate.options import Json
from core.settings import load_settings

if TYPE_CHECKING:
    from identity.training import Effect, Training

MILLI = 1000
SHOWN_NAMES = 10


def train(
    records: Annotated[
        int, typer.Option(min=1, metavar="N", help="Learn from at most this many customer records.")
    ] = 1_000_000,
    write: Annotated[
        bool, typer.Option("--write", help="Add the weights to the dbt seeds as a new version.")
    ] = False,
    json: Json = False,
) -> None:
    """Learn match weights from the landed customers, and show what they would change.

    Changes nothing by itself. With --write the weights become a new version of the dbt seeds, which
    takes effect when identity_weights_version in dbt_project.yml names it.

    Example: affiliate identity train --records 200000
    """
    from orchestration.training import train_weights

    with console.err.status("Learning") as status:
        training = train_weights(load_settings(), records, write=write, on_step=status.update)
    if json:
        console.print_json(as_json(training) | {"written": write})
        return
    show_weights(training)
    show_effect(training.effect)
    number = training.found.number
    if write:
        console.out.print(
            f"[green]✓[/] The seeds contain version {number}. To activate it, set "
            f"identity_weights_version: {number} in dbt_project.yml, then `affiliate run`."
        )
    else:
        console.out.print(f"Nothing was changed; --write adds version {number} to the seeds.")


def show_weights(training: Training) -> None:
    """Prints old and new weights in bits, and the number of common names."""
    former, found = training.former, training.found
    console.print_table(
        ("field", "level", f"version {former.number}", f"version {found.number}", "change"),
        [
            (field, level, *_bits(former.weights.get(field, {}).get(level), weight))
            for field, levels in found.weights.items()
            for level, weight in levels.items()
        ],
    )
    rare = found.weights.get("surname", {}).get("exact", 0)
    names = sorted(
        former.terms.keys() | found.terms.keys(),
        key=lambda name: (-abs(found.terms.get(name, rare) - former.terms.get(name, rare)), name),
    )
    console.print_table(
        ("field", "common name", f"version {former.number}", f"version {found.number}", "change"),
        [
            (*name, *_bits(former.terms.get(name, rare), found.terms.get(name, rare)))
            for name in names[:SHOWN_NAMES]
        ],
    )
    console.out.print(
        f"Common names: {len(former.terms):,} before, {len(found.terms):,} now; "
        f"the {SHOWN_NAMES} that change most are shown above."
    )


def show_effect(effect: Effect) -> None:
    """Prints what would change."""
    before, after = effect.before, effect.after
    console.print_table(
        ("effect", "before", "after"),
        [
            ("pairs linked", f"{before.links:,}", f"{after.links:,}"),
            ("customers", f"{before.persons:,}", f"{after.persons:,}"),
            ("records of the largest customer", f"{before.biggest:,}", f"{after.biggest:,}"),
            (
                "records that change customer",
                "",
                f"{effect.changed:,} of {effect.records:,}",
            ),
        ],
    )


def as_json(training: Training) -> dict[str, object]:
    """A training as a JSON object; weights in millibits."""
    former, found = training.former, training.found
    return {
        "version": found.number,
        "version_in_force": former.number,
        "weights": [
            {
                "field": field,
                "level": level,
                "before": former.weights.get(field, {}).get(level),
                "after": weight,
            }
            for field, levels in found.weights.items()
            for level, weight in levels.items()
        ],
        "common_names": {"before": len(former.terms), "after": len(found.terms)},
        "effect": asdict(training.effect),
    }


def _bits(former: int | None, found: int) -> tuple[str, str, str]:
    if former is None:
        return "", f"{found / MILLI:.3f}", ""
    change = (found - former) / MILLI
    return f"{former / MILLI:.3f}", f"{found / MILLI:.3f}", f"{change:+.3f}"
