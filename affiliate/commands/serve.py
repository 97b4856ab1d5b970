"""`affiliate serve`: one server of the platform, for a container or a service manager each."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer

from affiliate.commands.up import LOOPBACK, admit_operator, check_address, check_free
from core.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Run one server of the platform by itself.")

Host = Annotated[str, typer.Option(help="Address to listen on.")]


@app.command()
def web(
    host: Host = LOOPBACK,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the pages.")] = 3000,
) -> None:
    """Serve the pages behind their login.

    Example: affiliate serve web --host 0.0.0.0
    """
    from orchestration.lib import processes

    settings = load_settings()
    check_address(settings, host, port)
    admit_operator(settings)
    processes.prepare(settings)
    _become(processes.web(host, port))


@app.command()
def daemon() -> None:
    """Run schedules, sensors and the queue of runs.

    Example: affiliate serve daemon
    """
    from orchestration.lib import processes

    settings = load_settings()
    processes.prepare(settings)
    _become(processes.daemon(settings))


@app.command()
def code(
    host: Host = LOOPBACK,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the code location.")] = 4000,
) -> None:
    """Serve the code location and execute the runs; AFFILIATE_WORKSPACE tells the others where.

    Whoever reaches the port may run code: keep it in a network of its own.

    Example: affiliate serve code --host 0.0.0.0
    """
    from orchestration.lib import processes

    settings = load_settings()
    check_free(host, port)
    processes.prepare(settings)
    processes.reap(settings)
    _become(processes.code(host, port))


def _become(command: list[str]) -> NoReturn:
    """Signals reach the server itself, and nobody has to pass on its exit code."""
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606
