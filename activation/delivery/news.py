"""Reads what Kafka has on who must not be contacted, just before somebody would be."""

from __future__ import annotations

from activation.delivery.landed import EVENTS
from contracts.topics import TOPICS
from core.run_lock import run_lock
from core.settings import Settings
from ingestion import servers
from ingestion.kafka.ingest import ingest
from ingestion.landing import LandingZone


def land(settings: Settings) -> int:
    """Lands new withdrawals, erasures and follow-ups; the next `affiliate run` validates them.

    Returns:
        Number of events landed.

    Raises:
        ConfigurationError: the broker is unreachable or refuses the login.
        AffiliateError: a run is in progress, messages expired unread, or a topic is gone.
    """
    topics = [topic for topic in TOPICS if topic.name in EVENTS.values()]
    with run_lock(settings.home):
        zone = LandingZone(settings.landing_path)
        reports = ingest(servers.kafka(settings), zone, topics)
    return sum(report.counts.rows_landed for report in reports)
