"""`--dist loadgroup` of pytest-xdist, with which tests that share expensive fixtures stay together.

With pytest 9.2 pytest-xdist 3.8 ignores groups without a message, and every worker builds every
fixture: https://github.com/pytest-dev/pytest-xdist/issues/1386
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MODULE = """
import pytest

@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(6))
def test(number, worker_id):
    print(f"ran on {worker_id}.")
"""


def test_tests_of_a_group_run_on_one_worker(tmp_path: Path) -> None:
    (tmp_path / "test_groups.py").write_text(MODULE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-rP", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    workers = {line for line in done.stdout.splitlines() if line.startswith("ran on ")}
    assert len(workers) == 1
