"""`affiliate identity train`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from affiliate import console
from affiliate.commands.parts import Json
from core.settings import load_settings
from ingestion.landing import LandingZone

if TYPE_CHECKING:
    from identity.training.effect import Effect
    from identity.training.train import Training

MILLI = 1000
SHOWN_NAMES = 10


def train(
    records: Annotated[
        int, typer.Option(min=1, metavar="N", help="Learn from so many customer records at most.")
    ] = 1_000_000,
    write: Annotated[
        bool, typer.Option("--write", help="Add the weights to the seeds, as a new version.")
    ] = False,
    json: Json = False,
) -> None:
    """Learn the weights of evidence from the landed customers, and show what they would change.

    Nothing changes; with --write the seeds get a version that is not in force until
    identity_weights_version in dbt_project.yml says so.

    Example: affiliate identity train --records 200000
    """
    from identity.training.seeds import append_version
    from identity.training.train import train as learn
    from orchestration.lib.dbt import PROJECT_DIR
    from orchestration.lib.dbt_call import call_dbt

    settings = load_settings()
    seeds = PROJECT_DIR / "seeds"
    with console.err.status("Learning") as status:
        training = learn(
            settings,
            LandingZone(settings.landing_path),
            call_dbt,
            seeds,
            records,
            on_step=status.update,
        )
    if write:
        append_version(seeds, training.found)
    if json:
        console.print_json(as_json(training) | {"written": write})
        return
    show_weights(training)
    show_effect(training.effect)
    number = training.found.number
    if write:
        console.out.print(
            f"[green]✓[/] The seeds hold version {number}. To put it in force: "
            f"identity_weights_version: {number} in dbt_project.yml, then `affiliate run`."
        )
    else:
        console.out.print(f"Nothing was changed; --write adds version {number} to the seeds.")


def show_weights(training: Training) -> None:
    """Old and new weights in bits, and how many names are common."""
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
        f"above are the {SHOWN_NAMES} that change most."
    )


def show_effect(effect: Effect) -> None:
    """What would change."""
    before, after = effect.before, effect.after
    console.print_table(
        ("what would change", "before", "after"),
        [
            ("pairs linked", f"{before.links:,}", f"{after.links:,}"),
            ("persons", f"{before.persons:,}", f"{after.persons:,}"),
            ("records of the biggest person", f"{before.biggest:,}", f"{after.biggest:,}"),
            ("records whose person changes", "", f"{effect.changed:,} of {effect.records:,}"),
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
