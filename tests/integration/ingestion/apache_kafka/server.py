"""One node of Apache Kafka (KRaft) on loopback, with every kind of listener."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

from tests.integration.ingestion.apache_kafka.certificates import Authority
from tests.integration.ingestion.apache_kafka.jars import classpath
from tests.requirements import missing, require

HOST = "127.0.0.1"
SECONDS = 60.0
LARGEST_MESSAGE = 12_000_000
# pragma: allowlist nextline secret
USER, PASSWORD = "reader", "open-sesame-4711"
JAVA = 17
#: Listener → security protocol; `MTLS` asks the client for a certificate too.
LISTENERS = {
    "PLAINTEXT": "PLAINTEXT",
    "SASL_PLAINTEXT": "SASL_PLAINTEXT",
    "SSL": "SSL",
    "SASL_SSL": "SASL_SSL",
    "MTLS": "SSL",
    "CONTROLLER": "PLAINTEXT",
}
MECHANISMS = ("SCRAM-SHA-256", "SCRAM-SHA-512")
#: A small, quick heap; the first compiler alone, because the server lives for a minute.
JVM = ("-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",)


class KafkaServer:
    """The broker; its data survive `kill` and `stop`, and it never outlives this process.

    Args:
        folder: Where data, certificates and log are kept.

    Attributes:
        authority: Signed the certificates of the broker and of clients.
        log: What the broker wrote.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._java = _java()
        self._classpath = classpath()
        self._ports = dict(zip(LISTENERS, _free_ports(len(LISTENERS)), strict=True))
        self._broker: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        self.log = folder / "broker.log"
        self.authority = Authority(folder, "authority")
        self._properties = folder / "server.properties"
        self._properties.write_text(self._configuration())
        self._format()

    def bootstrap(self, listener: str = "PLAINTEXT", host: str = HOST) -> str:
        """`host:port` of a listener."""
        return f"{host}:{self._ports[listener]}"

    def start(self) -> None:
        """Starts the broker and waits until its listeners are open."""
        with self.log.open("ab") as log:
            self._broker = subprocess.Popen(
                self._command("kafka.Kafka", str(self._properties)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        # its standard input ends when this process does, however it dies
        self._watchdog = subprocess.Popen(
            ["sh", "-c", f"read _; kill -KILL {self._broker.pid}"],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + SECONDS
        while not all(map(_listens, self._ports.values())):
            if self._broker.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Apache Kafka does not start: {self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Shuts the broker down in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the broker without a warning."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._watchdog is not None:
            self._watchdog.kill()
            self._watchdog.communicate()
        if self._broker is not None:
            self._broker.send_signal(how)
            self._broker.wait(SECONDS)

    def _format(self) -> None:
        """Writes the empty storage, with the one user that may log in."""
        users = [f"{m}=[name={USER},password={PASSWORD}]" for m in MECHANISMS]
        added = [word for user in users for word in ("--add-scram", user)]
        identity = ["--cluster-id", "AffiliateTestCluster00", "--config", str(self._properties)]
        subprocess.run(
            self._command("kafka.tools.StorageTool", "format", *identity, *added),
            check=True,
            capture_output=True,
        )

    def _command(self, main: str, *arguments: str) -> list[str]:
        return [self._java, *JVM, *LOGGING, "-cp", self._classpath, main, *arguments]

    def _configuration(self) -> str:
        identity = self.authority.issue("broker", HOST)
        addresses = {name: f"{name}://{HOST}:{port}" for name, port in self._ports.items()}
        advertised = [a for name, a in addresses.items() if name != "CONTROLLER"]
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{HOST}:{self._ports['CONTROLLER']}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "listeners": ",".join(addresses.values()),
            "advertised.listeners": ",".join(advertised),
            "listener.security.protocol.map": ",".join(f"{n}:{p}" for n, p in LISTENERS.items()),
            "sasl.enabled.mechanisms": ",".join(MECHANISMS),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": identity.both,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self.authority.certificate,
            "listener.name.mtls.ssl.client.auth": "required",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "true",
            "super.users": "User:ANONYMOUS",
            "log.dirs": self._folder / "data",
            **ONE_NODE,
            **QUICK,
            "message.max.bytes": LARGEST_MESSAGE,
        }
        for mechanism in MECHANISMS:
            module = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            for listener in ("sasl_plaintext", "sasl_ssl"):
                prefix = f"listener.name.{listener}.{mechanism.lower()}"
                settings[f"{prefix}.sasl.jaas.config"] = module
        return "".join(f"{name}={value}\n" for name, value in settings.items())


ONE_NODE = {
    "auto.create.topics.enable": "false",
    "offsets.topic.num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "num.network.threads": 1,
    "num.io.threads": 2,
    "log.cleaner.dedupe.buffer.size": 2 << 20,
}
#: What the broker does every few minutes by default, it does at once.
QUICK = {
    "log.initial.task.delay.ms": 100,
    "log.retention.check.interval.ms": 100,
    "log.segment.delete.delay.ms": 100,
    "log.cleaner.backoff.ms": 100,
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": 200,
    "group.initial.rebalance.delay.ms": 0,
    # a killed broker may come back when the controller has missed it for so long
    "broker.session.timeout.ms": 2000,
    "broker.heartbeat.interval.ms": 400,
}


def _java() -> str:
    java = require("java", "Apache Kafka")
    told = subprocess.run([java, "-version"], check=True, capture_output=True, text=True).stderr
    version = told.split('"')[1].split(".")[0]
    return java if int(version) >= JAVA else missing(f"Apache Kafka needs Java {JAVA}")


def _free_ports(count: int) -> list[int]:
    """Ports that nobody has, held together so that they differ."""
    with ExitStack() as probes:
        sockets = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in sockets]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
