"""What a person reads on terminals of any width."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from affiliate import console

COLUMNS = ("affiliate", "priority", "due_at", "channel", "stage")
ROW = ("aff-books-01", 12.5, "2026-06-01T09:00:00Z", None, "demo")


@pytest.mark.parametrize(
    ("width", "rows", "expected"),
    [
        (40, [ROW], ["affiliate aff-books-01", "due_at 2026-06-01T09:00:00Z"]),
        (40, [], ["none"]),
        (
            100,
            [ROW],
            ["│ aff-books-01 │ 12.5     │ 2026-06-01T09:00:00Z │         │ demo  │"],
        ),
    ],
)
def test_table_wider_than_the_terminal_is_printed_as_lines(
    width: int, rows: list[tuple[object, ...]], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = StringIO()
    monkeypatch.setattr(console, "out", Console(file=written, width=width, soft_wrap=True))

    console.print_table(COLUMNS, rows)

    lines = written.getvalue().splitlines()
    assert set(expected) <= {*lines}
    assert "channel" not in [line.strip() for line in lines]
