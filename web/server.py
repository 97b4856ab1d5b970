"""The process of the web server."""

from __future__ import annotations

import signal
import sys

import dagster as dg
import uvicorn
from starlette.types import ASGIApp

from core.settings import load_settings
from orchestration.lib.processes import workspace
from web.app import BODY_BYTES, create_app
from web.dagster_ui import open_workspace

#: Time for open pages, which keep a WebSocket, to disconnect.
GOODBYE_SECONDS = 2


def main(host: str, port: int) -> None:
    """Serves until SIGTERM, then ends the code location it started."""
    # uvicorn raises the signal again when it is done; its default action would skip the clean-up
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    settings = load_settings()
    with dg.DagsterInstance.get() as instance:
        instance.optimize_for_webserver(
            statement_timeout=15_000, pool_recycle=3600, max_overflow=20
        )
        with open_workspace(instance, workspace(settings)) as context:
            app = create_app(settings, context, (*local_origins(port), *settings.web_origins))
            uvicorn.Server(configured(app, host, port)).run()


def configured(app: ASGIApp, host: str, port: int) -> uvicorn.Config:
    """The configuration of uvicorn."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        # h11 limits request headers to 16 KiB; httptools has no limit
        http="h11",
        h11_max_incomplete_event_size=16 * 1024,
        ws_max_size=BODY_BYTES,
        # trust in a proxy is decided by the address of the peer, not by its headers
        proxy_headers=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=GOODBYE_SECONDS,
    )


def local_origins(port: int) -> list[str]:
    """The addresses of this server in browsers on the same machine."""
    suffix = "" if port == 80 else f":{port}"
    return [f"http://{name}{suffix}" for name in ("127.0.0.1", "localhost", "[::1]")]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
