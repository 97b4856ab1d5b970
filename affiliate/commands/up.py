"""`affiliate up` serves the web pages; `affiliate down` stops the embedded servers."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated

import typer

from affiliate import console
from core.settings import load_settings

Host = Annotated[str, typer.Option(help="Address to listen on.")]


def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the web pages.")] = 3000,
    host: Host = "127.0.0.1",
) -> None:
    """Serve the dashboard, Dagster, dbt docs and data-quality pages behind one login.

    The first start creates the user `operator` and prints its password once. Schedules and sensors
    run until Ctrl-C stops the command.

    Example: affiliate up --port 3100
    """
    from web.running import LOOPBACK, open_pages, running

    settings = load_settings()
    show_password(open_pages(settings, host, port))
    with ExitStack() as servers:
        try:
            with console.err.status("Preparing") as status:
                wait = servers.enter_context(running(settings, host, port, status.update))
            console.out.print(f"http://{LOOPBACK}:{port}  (Ctrl-C stops it)")
            wait()
        except KeyboardInterrupt:
            console.err.print("Stopping")


def show_password(password: str | None) -> None:
    """Prints the password of the first user, if it was just generated."""
    if password:
        console.out.print(
            f"Sign in as [bold]operator[/] with the password [bold]{password}[/]\n"
            "It is shown only once; `affiliate user password operator` makes a new one."
        )


def down() -> None:
    """Stop the embedded servers. PostgreSQL keeps its data; the broker's messages are lost.

    Example: affiliate down
    """
    from ingestion.servers import stop_embedded

    stop_embedded(load_settings())
    console.out.print("The embedded servers are stopped.")
