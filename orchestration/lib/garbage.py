"""Python's search for garbage, made rare in programs that load a lot and end soon.

What they load stays until their end: looking through it takes an eighth of the start of dbt or
Dagster, and of their last second most.
"""

from __future__ import annotations

import atexit
import gc

#: Python's own hundreds suit programs that hold little.
OBJECTS_BETWEEN_COLLECTIONS = 100_000


def collect_rarely() -> None:
    """Makes collections of this process rare, and spares what it holds the one at its end.

    Not for servers: what they drop would take memory for long.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)
