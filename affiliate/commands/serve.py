"""`affiliate serve`: one server of the platform, for a container or a service manager each."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate.commands.up import Host, show_password
from core.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Run one server of the platform by itself.")


@app.command()
def web(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the web pages.")] = 3000,
) -> None:
    """Serve the web pages behind their login.

    Example: affiliate serve web --host 0.0.0.0
    """
    from web.running import open_pages, serve_web

    settings = load_settings()
    show_password(open_pages(settings, host, port))
    serve_web(settings, host, port)


@app.command()
def daemon() -> None:
    """Run the scheduler: schedules, sensors and the queue of runs.

    Example: affiliate serve daemon
    """
    from orchestration.lib.processes import serve_daemon

    serve_daemon(load_settings())


@app.command()
def code(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the code location.")] = 4000,
) -> None:
    """Serve the code location and execute runs; AFFILIATE_WORKSPACE names it to other processes.

    Anyone who can reach the port can execute code: keep it in a separate network.

    Example: affiliate serve code --host 0.0.0.0
    """
    from orchestration.lib.processes import serve_code

    serve_code(load_settings(), host, port)
