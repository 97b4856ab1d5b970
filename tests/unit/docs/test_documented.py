"""How the tests read the docs: what they would run, and when an output is as it was promised."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.documented import PAGES, REPOSITORY, Change, Command, matches, steps


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_documented_block_is_run_or_explained(page: Path) -> None:
    for step in steps(page):
        assert isinstance(step, Change) or step.line


def test_the_pages_have_commands_and_changes() -> None:
    found = [step for page in PAGES for step in steps(page)]
    assert {type(step) for step in found} == {Change, Command}
    assert sum(isinstance(step, Command) for step in found) > 20


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("1,134 rows, 0.5 s", "7 rows,   12.25 s\n", True),
        ("1 row", "1 line", False),
        ("│ 2 │ a │\n└───┴───┘", "│ 20 │ a   │\n└────┴─────┘", True),
        ("first\n…\nlast", "first\none\ntwo\nlast", True),
        ("first\n…\nlast", "first\nlast", True),
        ("first\n…\nlast", "first\none", False),
        ("one … three", "one two three", True),
        ("one … three", "one two\nthree", False),
        ("all of it", "all of it, and more", False),
        ("", "nothing was expected", False),
    ],
)
def test_outputs_are_compared_without_numbers_and_widths(
    expected: str, printed: str, same: bool
) -> None:
    assert matches(expected, printed) is same


def test_documented_change_must_match_exactly_once(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    change = Change("page", "a.txt", " one\n+two\n-three\n", is_diff=True)
    file.write_text("zero\none\nthree\n")

    change.apply(tmp_path)

    assert file.read_text() == "zero\none\ntwo\n"
    with pytest.raises(AssertionError, match="does not have"):
        change.apply(tmp_path)


def test_silently_skipped_block_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.documented.REPOSITORY", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("```sh\nrm -rf /\n```\n")
    with pytest.raises(AssertionError, match="a block of sh is not run"):
        list(steps(page))
    page.write_text("<!-- not run: it would hurt -->\n```sh\nrm -rf /\n```\n")
    assert list(steps(page)) == []
    assert REPOSITORY.is_dir()


def test_changes_of_all_pages_apply_in_order(tmp_path: Path) -> None:
    changes = [step for page in PAGES for step in steps(page) if isinstance(step, Change)]
    for path in {change.path for change in changes}:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        if (REPOSITORY / path).exists():
            shutil.copy(REPOSITORY / path, tmp_path / path)
    for change in changes:
        change.apply(tmp_path)
