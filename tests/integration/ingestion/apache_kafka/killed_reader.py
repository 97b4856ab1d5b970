"""The reader in a process of its own, to be killed there."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path

from contracts.topics import TopicSpec
from ingestion.kafka import ingest
from ingestion.kafka.broker import Kafka
from ingestion.landing import LandingZone

STUCK_SECONDS = 120.0
#: A server that has imported all of this already forks each reader at once.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload([__name__])


def start(
    kafka: Kafka, zone: LandingZone, spec: TopicSpec, *, is_stuck: bool
) -> tuple[ForkServerProcess, Event]:
    """A process that makes one run, and what it sets when it has read a part of the messages.

    Args:
        kafka: The broker.
        zone: Where to land.
        spec: The topic.
        is_stuck: Having read that part, it goes on no further.
    """
    reading = processes.Event()
    process = processes.Process(target=_run, args=(kafka, zone.root, spec, reading, is_stuck))
    process.start()
    return process, reading


def _run(kafka: Kafka, root: Path, spec: TopicSpec, reading: Event, is_stuck: bool) -> None:
    def tell(_: str, messages: int) -> None:
        reading.set()
        if is_stuck:
            time.sleep(STUCK_SECONDS)

    ingest(kafka, LandingZone(root), [spec], progress=tell)
