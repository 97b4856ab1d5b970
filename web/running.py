"""Runs the web server: on its own, or with the scheduler beside it as `affiliate up` does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import NoReturn
from urllib.request import Request, urlopen

from core.errors import AffiliateError, ConfigurationError
from core.parent_death import end_with_parent
from core.settings import Settings
from orchestration.lib.processes import become, check_free, daemon, prepare, reap
from web.users import ensure_operator

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 15

Children = Mapping[str, "subprocess.Popen[bytes]"]


def open_pages(settings: Settings, host: str, port: int) -> str | None:
    """Checks the address and makes sure that someone can sign in.

    Returns:
        The password of the first user if it was just generated; show it now, it is not kept.

    Raises:
        ConfigurationError: the address is taken, or would expose the pages without TLS.
    """
    if host not in {LOOPBACK, "localhost"} and not settings.web_origins:
        raise ConfigurationError(
            f"--host {host} exposes the pages to the network: set AFFILIATE_WEB_ORIGINS to the "
            "https address that people use, and terminate TLS in a proxy there"
        )
    check_free(host, port)
    return ensure_operator(settings)


def serve_web(settings: Settings, host: str, port: int) -> NoReturn:
    """Replaces this process by the web server."""
    prepare(settings)
    become(_web(host, port))


@contextmanager
def running(
    settings: Settings, host: str, port: int, on_phase: Callable[[str], None]
) -> Iterator[Callable[[], NoReturn]]:
    """Web server and scheduler as children; they are up when the block is entered.

    Yields:
        A function that waits for as long as both run.

    Raises:
        AffiliateError: one of them ended.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    prepare(settings)
    reap(settings)
    children = _start({"web server": _web(host, port), "scheduler": daemon(settings)})
    try:
        on_phase("Loading the pipeline")
        while not _answers(host, port):
            _check_alive(children)
            time.sleep(0.2)
        yield partial(_watch, children)
    finally:
        _stop(children)


def _web(host: str, port: int) -> list[str]:
    return [sys.executable, "-m", "web.server", host, str(port)]


def _start(commands: Mapping[str, list[str]]) -> Children:
    # children end in order, and end their own children, even if this process is killed
    with_us = partial(end_with_parent, signal.SIGTERM, os.getpid())
    return {
        # a separate process group: Ctrl-C reaches this process only, which ends them in order;
        # their logs are not this command's output
        name: subprocess.Popen(command, stdout=sys.stderr, process_group=0, preexec_fn=with_us)  # noqa: PLW1509
        for name, command in commands.items()
    }


def _answers(host: str, port: int) -> bool:
    reached = LOOPBACK if host in {"0.0.0.0", "::", "localhost"} else host  # noqa: S104
    url = f"http://{reached}:{port}/health"
    with suppress(OSError):
        # the Host header is the one of this machine, on whichever address the server listens
        request = Request(url, headers={"Host": f"{LOOPBACK}:{port}"})
        with urlopen(request, timeout=2):  # noqa: S310
            return True
    return False


def _watch(children: Children) -> NoReturn:
    while True:
        _check_alive(children)
        time.sleep(0.5)


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
