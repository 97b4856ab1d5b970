"""Where personal values may lie in a home, and who may be named there; nowhere else.

| place | whose |
|---|---|
| landing zone: rows, events, quarantine | everybody's |
| warehouse: raw, staging, identity, intermediate, own | everybody's |
| release: `affiliates/<slug>.duckdb` | that affiliate's customers' |
| deliveries of audiences and follow-ups | everybody's; to a destination: that affiliate's |

The sources and what the sample world knows about itself are no part of what is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.canaries import Canaries
from tests.support.searching import files_below, in_bytes, in_file, tables_of

SOURCES = ("servers", "world")
LANDED = ("oltp", "events", "quarantine")
SCHEMAS = ("raw", "staging", "identity", "intermediate", "own")
WAREHOUSE = Path("warehouse/warehouse.duckdb")
DELIVERIES = ("audiences", "follow_ups")


@dataclass(frozen=True)
class Searched:
    """What a search of a home found.

    Attributes:
        files: How many files were searched.
        leaks: `<place>: <token>` wherever a token is that must not be there.
        places: Places that hold tokens and may.
    """

    files: int
    leaks: list[str]
    places: set[str]


def search(
    home: Path, canaries: Canaries, slugs: Mapping[str, int], erased: Collection[str] = ()
) -> Searched:
    """Searches every file of a home.

    Args:
        home: `AFFILIATE_HOME`.
        canaries: What to look for.
        slugs: Slug → id of the affiliate.
        erased: Tokens that may be nowhere at all.
    """
    leaks: list[str] = []
    places: set[str] = set()
    files = files_below(home, but=SOURCES)
    for path in files:
        for place, found, allowed in _found(path, path.relative_to(home), canaries, slugs):
            rest = allowed - set(erased)
            leaks += [f"{place}: {one}" for one in sorted(found - rest)]
            if found & rest:
                places.add(place)
    return Searched(len(files), leaks, places)


def _found(
    path: Path, name: Path, canaries: Canaries, slugs: Mapping[str, int]
) -> Iterator[tuple[str, set[str], set[str]]]:
    """Place, the tokens there, and those that may be there."""
    everybody = set(canaries.affiliates)
    if name == WAREHOUSE:
        for (schema, table), found in tables_of(path, everybody).items():
            yield f"warehouse: {schema}.{table}", found, everybody if schema in SCHEMAS else set()
        yield str(name), in_bytes(path.read_bytes(), everybody), everybody
        return
    yield str(name), in_file(path, everybody), _allowed(name, canaries, slugs)


def _allowed(name: Path, canaries: Canaries, slugs: Mapping[str, int]) -> set[str]:
    """The tokens that a file other than the warehouse may hold."""
    room, *rest = name.parts
    if (room == "landing" and rest[0] in LANDED) or room == "warehouse":
        return set(canaries.affiliates)
    is_of_one = room in DELIVERIES and name.parent.name in ("csv", "parquet")
    if is_of_one or (room == "releases" and "affiliates" in rest):
        return {one for one, whose in canaries.affiliates.items() if slugs[name.stem] in whose}
    is_of_all = room in DELIVERIES and name.suffix == ".parquet"
    return set(canaries.affiliates) if is_of_all else set()
