"""The platform's servers: what each needs before it starts, and its command.

`affiliate up` starts them as children, `affiliate serve` becomes one of them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import dagster as dg

from core.errors import ConfigurationError
from core.settings import Settings
from orchestration.lib.instance import prepare_home, reap_dead_runs
from orchestration.lib.manifest import ensure_manifest

WORKSPACE = Path(__file__).parents[2] / "workspace.yaml"
BIN = Path(sys.executable).parent


def prepare(settings: Settings) -> None:
    """Makes home, instance and manifest ready."""
    workspace(settings)
    prepare_home(settings)
    ensure_manifest(settings)


def reap(settings: Settings) -> None:
    """Ends what killed runs left behind; for the one that is about to start runs."""
    with dg.DagsterInstance.get() as instance:
        reap_dead_runs(settings, instance)


def workspace(settings: Settings) -> Path:
    """The file that says where the code location is.

    Raises:
        ConfigurationError: there is none.
    """
    if settings.workspace and not settings.workspace.is_file():
        raise ConfigurationError(f"AFFILIATE_WORKSPACE: there is no file {settings.workspace}")
    return settings.workspace or WORKSPACE


def web(host: str, port: int) -> list[str]:
    """The pages: the gate, and Dagster's web server behind it."""
    return [sys.executable, "-m", "web.server", host, str(port)]


def daemon(settings: Settings) -> list[str]:
    """Schedules, sensors, the queue of runs and their monitoring."""
    program = str(BIN / "dagster-daemon")
    return [program, "run", "-w", str(workspace(settings)), "--log-level", "warning"]


def code(host: str, port: int) -> list[str]:
    """The code location for web server and daemon; runs are its children."""
    module = ["--module-name", "orchestration.definitions"]
    address = ["--host", host, "--port", str(port)]
    server = [sys.executable, "-m", "orchestration.lib.code_server"]
    return [*server, *module, *address, "--log-level", "warning"]
