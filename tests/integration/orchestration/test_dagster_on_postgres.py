"""Dagster's history on a PostgreSQL server: the connection string is in no file and on no page."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from core.settings import Settings
from orchestration.lib.instance import DATABASE, prepare_home

RUN = "11111111-1111-4111-8111-111111111111"


def test_history_on_postgres_does_not_reveal_its_address(
    tmp_path: Path, oltp_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DAGSTER_HOME", DATABASE):
        monkeypatch.setenv(name, "")  # restored afterwards
    settings = Settings(home=tmp_path, dagster_dsn=oltp_dsn)
    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        # as the web server does; the driver has to stand it
        instance.optimize_for_webserver(15_000, 3600, 20)
        run = dg.DagsterRun("everything", run_id=RUN)
        instance.add_run(run)
        instance.report_engine_event("began", run)
        assert "PostgresRunStorage" in instance.info_str()
        assert oltp_dsn.partition("=")[2] not in instance.info_str()
    with dg.DagsterInstance.get() as another:
        assert another.get_run_by_id(RUN) is not None
        assert len(another.all_logs(RUN)) == 1
    assert list(settings.dagster_home.rglob("*.db")) == []
    assert oltp_dsn.partition("=")[2] not in (settings.dagster_home / "dagster.yaml").read_text()
