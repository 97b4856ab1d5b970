"""Plan a load: compare the landing zone with the list of loaded files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ingestion.landing import LandedFile
from ingestion.landing.state import ManifestState
from warehouse.loaded import LoadedFile


@dataclass(frozen=True)
class FilePart:
    """A live file that the list of loaded files does not name, or not with all its numbers.

    Attributes:
        number: Number of the entry that landed the file.
        file: Data file to read.
        fresh: Entry numbers of the rows to insert.
        known: Entry numbers of rows that were loaded from files that this one replaced.
        replaced: Paths of these files.
    """

    number: int
    file: LandedFile
    fresh: frozenset[int]
    known: frozenset[int]
    replaced: frozenset[str]


def is_foreign(state: ManifestState, loaded: Iterable[LoadedFile]) -> bool:
    """Return whether a loaded file was never in this landing zone."""
    sha256 = {path: file.sha256 for path, (_, file) in state.files.items()}
    return any(sha256.get(row.path) != row.sha256 for row in loaded)


def outdated(state: ManifestState, loaded: Iterable[LoadedFile]) -> set[str]:
    """Return datasets with loaded rows that were dropped or held since."""
    found = set()
    for row in loaded:
        dataset = state.files[row.path][1].dataset
        held = state.first_held(dataset)
        if (held is not None and row.seq >= held) or _was_changed(state, row.path, dataset):
            found.add(dataset)
    return found


def parts(state: ManifestState, loaded: Iterable[LoadedFile]) -> list[FilePart]:
    """Return what to load or to list again, oldest rows first, up to the first held rows."""
    sources: dict[str, dict[int, str]] = defaultdict(dict)
    listed = set()
    for row in loaded:
        sources[state.files[row.path][1].dataset][row.seq] = row.path
        listed.add((row.path, row.seq))
    found = []
    for number, file in state.live.values():
        if file.kind != "data":
            continue
        source, held = sources[file.dataset], state.first_held(file.dataset)
        numbers = {n for n in state.numbers[file.path] if held is None or n < held}
        fresh = frozenset(numbers - source.keys())
        known = frozenset(n for n in numbers - fresh if (file.path, n) not in listed)
        if fresh or known:
            replaced = frozenset(source[n] for n in known)
            found.append(FilePart(number, file, fresh, known, replaced))
    return sorted(found, key=lambda part: min(part.fresh | part.known))


def _was_changed(state: ManifestState, path: str, dataset: str) -> bool:
    """Return whether a file was replaced, in any number of steps, by one with fewer rows."""
    while entry := state.replaced_by.get(path):
        if dataset in entry.dropped:
            return True
        path = next((file.path for file in entry.files if file.dataset == dataset), "")
    return False
