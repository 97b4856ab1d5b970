"""A run that failed is told: a real run, a real sensor tick, a real listener."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dagster as dg
import pytest

from core.settings import load_settings
from orchestration.defs.alerts import build_alerts
from tests.integration.orchestration.failing import HELD, alert, held, leaking


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """What a chat's webhook was told."""
    texts: list[str] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            texts.append(json.loads(body)["text"])
            self.send_response(200 if self.path == "/secret-path" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Chat)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = tmp_path / "webhook"
    address.write_text(f"http://127.0.0.1:{server.server_port}/secret-path\n")
    monkeypatch.setenv("AFFILIATE_ALERT_WEBHOOK_FILE", str(address))
    monkeypatch.setenv("AFFILIATE_WEB_ORIGINS", "https://data.example")
    yield texts
    server.shutdown()
    thread.join()
    server.server_close()


def test_failed_run_sends_reason_and_link(told: list[str]) -> None:
    run = alert(held)
    assert told == [f"held failed: {HELD}\nhttps://data.example/runs/{run}"]


def test_alert_contains_no_row_value(told: list[str]) -> None:
    alert(leaking)
    assert "ValueError" in told[0]
    assert "ana@example.com" not in told[0]


def test_rejecting_webhook_fails_the_tick_without_its_address(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = load_settings().alert_webhook_file
    assert file is not None
    file.write_text(file.read_text().replace("secret-path", "other-secret"))
    with pytest.raises(Exception, match="does not accept the alert") as caught:
        alert(held)
    assert "other-secret" not in str(caught.value)


def test_alerts_are_off_without_a_channel(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert build_alerts(load_settings()).default_status == dg.DefaultSensorStatus.RUNNING
    monkeypatch.delenv("AFFILIATE_ALERT_WEBHOOK_FILE")
    assert build_alerts(load_settings()).default_status == dg.DefaultSensorStatus.STOPPED
