"""`affiliate up` serves the pages; `affiliate down` stops the embedded servers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Annotated
from urllib.request import Request, urlopen

import typer

from affiliate import console
from core.errors import AffiliateError, ConfigurationError
from core.settings import Settings, load_settings
from ingestion import servers

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 15

Children = Mapping[str, "subprocess.Popen[bytes]"]


def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the pages.")] = 3000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = LOOPBACK,
) -> None:
    """Serve Dagster, dbt docs and data-quality pages behind one login; Ctrl-C ends it.

    The first start makes the user `operator` and prints its password, once. Schedules and sensors
    run as long.

    Example: affiliate up --port 3100
    """
    from orchestration.lib.processes import prepare, reap

    settings = load_settings()
    check_address(settings, host, port)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    admit_operator(settings)
    with console.err.status("Preparing"):
        prepare(settings)
        reap(settings)
    children = _start(settings, host, port)
    try:
        with console.err.status("Loading the pipeline"):
            while not _answers(host, port):
                _check_alive(children)
                time.sleep(0.2)
        console.out.print(f"http://{LOOPBACK}:{port}  (Ctrl-C ends it)")
        while True:
            _check_alive(children)
            time.sleep(0.5)
    except KeyboardInterrupt:
        console.err.print("Stopping")
    finally:
        _stop(children)


def admit_operator(settings: Settings) -> None:
    """Makes the first user; a password that was generated is told, once."""
    from web.users import FIRST_USER, ensure_operator

    if password := ensure_operator(settings):
        console.out.print(
            f"Sign in as [bold]{FIRST_USER}[/] with the password [bold]{password}[/]\n"
            "It is shown this once; `affiliate user password operator` makes another."
        )


def check_address(settings: Settings, host: str, port: int) -> None:
    """Refuses an address that opens the pages to a network without TLS, or that is taken.

    Raises:
        ConfigurationError: either of them.
    """
    if host not in {LOOPBACK, "localhost"} and not settings.web_origins:
        raise ConfigurationError(
            f"--host {host} opens the pages to the network: set AFFILIATE_WEB_ORIGINS to the https "
            "address that people use, and let a proxy there end TLS"
        )
    check_free(host, port)


def check_free(host: str, port: int) -> None:
    """Refuses an address that is taken or is none.

    Raises:
        ConfigurationError: it is.
    """
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise ConfigurationError(f"port {port} of {host}: {error.strerror}") from None


def _start(settings: Settings, host: str, port: int) -> Children:
    from core.parent_death import end_with_parent
    from orchestration.lib.processes import daemon, web

    commands = {"web server": web(host, port), "scheduler": daemon(settings)}
    # they end in order even if this process is killed, and end their own children then
    mortal = partial(end_with_parent, signal.SIGTERM, os.getpid())
    return {
        # a group of its own: Ctrl-C reaches this process alone, which ends them in order
        # their logs are no answer of this command
        name: subprocess.Popen(command, stdout=sys.stderr, process_group=0, preexec_fn=mortal)
        for name, command in commands.items()
    }


def _answers(host: str, port: int) -> bool:
    reached = LOOPBACK if host in {"0.0.0.0", "::", "localhost"} else host  # noqa: S104
    url = f"http://{reached}:{port}/health"
    with suppress(OSError):
        # the request names the server as its own machine does, wherever it listens
        request = Request(url, headers={"Host": f"{LOOPBACK}:{port}"})
        with urlopen(request, timeout=2):  # noqa: S310
            return True
    return False


def _check_alive(children: Children) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise AffiliateError(f"the {name} ended with exit code {child.returncode}")


def _stop(children: Children) -> None:
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def down() -> None:
    """Stop the embedded servers; the OLTP keeps its data, the broker's messages are gone.

    Example: affiliate down
    """
    settings = load_settings()
    servers.embedded_postgres(settings).stop()
    servers.embedded_broker(settings).stop()
    console.out.print("The embedded servers are stopped.")
