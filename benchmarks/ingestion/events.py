"""Question 3: how fast messages are landed, raw and held against their contract."""

from __future__ import annotations

from benchmarks.ingestion.contender import Job
from benchmarks.ingestion.measure import Contender, Runner
from benchmarks.ingestion.report import comparison
from benchmarks.ingestion.servers import Servers
from benchmarks.ingestion.topics import fill
from benchmarks.ingestion.verify import EventVerifier
from benchmarks.shared.pages import Section, at_least, at_most

FLOOR = Contender("`consume(10000)` loop only", "consume_only")
RAW = Contender("**this platform**, raw bytes landed and synced to disk", "platform_raw")
TYPED = Contender("**this platform**, with validation of the contract", "platform_topic")
CONTENDERS = (
    FLOOR,
    RAW,
    TYPED,
    Contender("naive loop", "naive_loop", repeats=1),
    Contender("dlt, as its Kafka source", "dlt_topic", repeats=1, share=0.1, is_peer=True),
)
TOPIC, SMALL_TOPIC = "bench.visits", "bench.visits-small"
FLAT = 1.25


def sections(runner: Runner, servers: Servers, scale: float) -> list[Section]:
    """All ways to read one topic, and the platform's memory on a tenth of it."""
    messages = int(1_000_000 * scale)
    sent = fill(servers.bootstrap, TOPIC, messages)
    job = Job(servers.bootstrap, TOPIC, messages, "")
    results = runner.compare(CONTENDERS, job, EventVerifier(messages, sent))
    small = Job(servers.bootstrap, SMALL_TOPIC, messages // 10, "")
    sent_small = fill(servers.bootstrap, SMALL_TOPIC, small.rows)
    flat = runner.once(TYPED, small, EventVerifier(small.rows, sent_small))
    raw, typed = (next(r for r in results if r.contender is c) for c in (RAW, TYPED))
    goals = [
        at_least("rate of raw bytes relative to the baseline", 0.5, raw.ratio),
        at_least("rate with validation relative to the baseline", 0.4, typed.ratio),
        at_most("peak with ten times the messages", FLAT, typed.peak_mb / flat.peak_mb, "times"),
    ]
    note = (
        f"{messages:,} events of {sent // messages} bytes. With a tenth of them, the platform "
        f"peaked at {flat.peak_mb:,.0f} MB."
    )
    return [comparison("Kafka to Parquet", note, results, goals)]
