"""Programs that end soon hardly look for garbage, least of all at their end."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: A program that ends with garbage of its own, which tells when it is collected.
PROGRAM = """
import os
from orchestration.lib.garbage import collect_rarely

class Ring:
    def __init__(self):
        self.itself = self
    def __del__(self):
        os.write(1, b"collected")

for call in {calls}:
    call()
Ring()
kept = [[] for _ in range({lists})]
"""


@pytest.mark.parametrize(
    ("calls", "lists", "told"),
    [("[]", 0, "collected"), ("[collect_rarely]", 0, ""), ("[collect_rarely]", 5_000, "")],
)
def test_a_program_that_ends_soon_does_not_look_for_garbage(
    calls: str, lists: int, told: str
) -> None:
    program = PROGRAM.format(calls=calls, lists=lists)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == (told, "", 0)
