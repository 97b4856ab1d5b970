"""Files of a world: its state, `world.json`, and the ground truth, `truth.parquet`.

The truth says which record is which person. It never enters the OLTP.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import AffiliateError
from oltp.world.chunk import Counters
from oltp.world.spec import WorldSpec

WORLD, TRUTH = "world.json", "truth.parquet"


@dataclass(frozen=True)
class WorldState:
    """State of a world: its specification, the number of simulated days, the last IDs used."""

    spec: WorldSpec
    day: int
    last_person: int
    last_event: int

    @classmethod
    def of(cls, spec: WorldSpec, day: int, counters: Counters) -> WorldState:
        """The state after a day; takes the next event's number to know the last one's."""
        return cls(spec, day, counters.person - 1, next(counters.event) - 1)


def save(out: Path, state: WorldState, truth: Sequence[pa.Table]) -> None:
    """Replace both files, the state last, because `load` looks for it.

    Raises:
        AffiliateError: the directory cannot be written.
    """
    content = {
        **asdict(state),
        "spec": {**asdict(state.spec), "until": state.spec.until.isoformat()},
    }
    aside = {name: out / f".{name}" for name in (TRUTH, WORLD)}
    try:
        out.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.concat_tables(truth), aside[TRUTH])
        aside[WORLD].write_text(json.dumps(content, indent=2) + "\n")
        for name, path in aside.items():
            path.replace(out / name)
    except OSError as error:
        raise AffiliateError(f"{out} cannot be written: {error.strerror}") from error


def load(out: Path) -> tuple[WorldState, pa.Table]:
    """State and truth of the world in `out`.

    Raises:
        AffiliateError: there is none.
    """
    try:
        content = json.loads((out / WORLD).read_text())
        spec = content.pop("spec")
        spec["until"] = datetime.fromisoformat(spec["until"])
        return WorldState(WorldSpec(**spec), **content), pq.read_table(out / TRUTH)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AffiliateError(f"no world in {out}: create one first") from error
