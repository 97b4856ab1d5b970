"""`affiliate up` serves the pages; `affiliate down` stops the embedded servers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from affiliate import console
from ingestion import servers
from ingestion.errors import AffiliateError
from ingestion.settings import load_settings

WORKSPACE = Path(__file__).parents[2] / "workspace.yaml"
STOP_SECONDS = 15


def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the pages.")] = 3000,
) -> None:
    """Serve Dagster, dbt docs and data-quality pages on the loopback address; Ctrl-C ends it.

    Schedules and sensors run as long.

    Example: affiliate up --port 3100
    """
    from orchestration.lib.instance import prepare_home
    from orchestration.lib.manifest import ensure_manifest

    settings = load_settings()
    with console.err.status("Preparing"):
        prepare_home(settings)
        ensure_manifest(settings)
    folder = Path(sys.executable).parent
    commands = (
        [sys.executable, "-m", "orchestration.web.server", str(port)],
        [folder / "dagster-daemon", "run", "-w", WORKSPACE],
    )
    console.out.print(f"http://127.0.0.1:{port}  (Ctrl-C ends it)")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    children = [
        subprocess.Popen([str(word) for word in command], env=os.environ.copy())
        for command in commands
    ]
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise AffiliateError(f"the web server ended: is port {port} taken?")
    except KeyboardInterrupt:
        console.err.print("Stopping")
    finally:
        stop(children)


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Asks the children to end, and waits for them."""
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


def down() -> None:
    """Stop the embedded servers; the OLTP keeps its data, the broker's messages are gone.

    Example: affiliate down
    """
    settings = load_settings()
    servers.embedded_postgres(settings).stop()
    servers.embedded_broker(settings).stop()
    console.out.print("The embedded servers are stopped.")
