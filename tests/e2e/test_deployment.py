"""docker-compose.yml, tried without containers: the whole platform on servers, through its gate."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.e2e.browsing import Session
from tests.e2e.composed import Composed
from tests.e2e.conftest import AS_OF, Home, rows, share_ids

pytestmark = pytest.mark.nightly

LAUNCH = """
mutation Launch($tags: [ExecutionTag!]) { launchRun(executionParams: {
  selector: {repositoryLocationName: "orchestration.definitions",
             repositoryName: "__repository__", jobName: "everything"},
  executionMetadata: {tags: $tags}
}) { __typename ... on LaunchRunSuccess { run { runId } } } }
"""
RUNS = "{ runsOrError { ... on Runs { results { runId parentRunId status } } } }"
SECONDS = 300.0


@pytest.fixture(scope="module")
def deployed() -> Iterator[Composed]:
    with (
        TemporaryDirectory(prefix="affiliate-", ignore_cleanup_errors=True) as folder,
        Composed(Path(folder)) as composed,
    ):
        composed.start_kafka()
        composed.start_postgres()
        composed.bake()
        composed.run("migrate")
        composed.wait("postgres", "kafka")
        composed.start("code")
        composed.run("sample", CUSTOMERS="400")
        composed.wait("code")
        composed.start("daemon")
        composed.start("gate")
        composed.wait("gate")
        yield composed


@pytest.fixture(scope="module")
def operator(deployed: Composed) -> Session:
    return Session(deployed.port, "operator", deployed.secret("operator_password"))


def ended(operator: Session, parent: str | None) -> dict[str, Any]:
    """The run with this parent, once it has ended."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = operator.ask(RUNS)["runsOrError"]["results"]
        for run in found:
            if run["parentRunId"] == parent and run["status"] in {"SUCCESS", "FAILURE"}:
                return dict(run)
        time.sleep(0.5)
    raise AssertionError(f"no such run ended: {found}")


def kill_the_run(composed: Composed) -> None:
    """Kills the process that executes the run, without notice, as soon as it works."""
    lock = composed.home / "run.lock"
    deadline = time.monotonic() + SECONDS
    # the last one who held it was the code location, at its start
    while (holder := int(lock.read_text() or 0)) in {0, composed.pids["code"]}:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.kill(holder, signal.SIGKILL)


def test_killed_run_is_retried_and_releases_the_same_rows_as_duckdb(
    deployed: Composed, operator: Session, tmp_path: Path
) -> None:
    tags = [{"key": "affiliate/as_of", "value": AS_OF}]
    launched = operator.ask(LAUNCH, tags=tags)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess"
    run = launched["run"]["runId"]

    kill_the_run(deployed)

    assert ended(operator, None)["status"] == "FAILURE"
    assert ended(operator, run)["status"] == "SUCCESS"
    assert deployed.is_healthy("daemon")
    released = Home(deployed.home)
    assert "Built on postgres." in operator.page("/")
    settings = deployed.settings("code")
    witness = Home(
        tmp_path,
        {
            **{
                name: value for name, value in settings.items() if name.startswith("AFFILIATE_OLTP")
            },
            "AFFILIATE_KAFKA_BOOTSTRAP": settings["AFFILIATE_KAFKA_BOOTSTRAP"],
            "AFFILIATE_PSEUDONYM_KEY": "5eed" * 16,
        },
    )
    share_ids(released, witness)
    witness.must("run", "--as-of", AS_OF)
    assert rows(released) == rows(witness)


def test_no_secret_is_in_files_logs_or_pages(deployed: Composed, operator: Session) -> None:
    secrets = {path.name: path.read_text().strip() for path in deployed.secrets.iterdir()}
    told = [operator.ask("{ instance { info } }")["instance"]["info"]]
    told += [deployed.log(service) for service in ("code", "daemon", "gate")]
    told += [p.read_text() for p in deployed.home.rglob("*.yaml")]

    assert "PostgresRunStorage" in told[0]
    assert len(secrets) == 7
    assert [name for name, value in secrets.items() if any(value in text for text in told)] == []
