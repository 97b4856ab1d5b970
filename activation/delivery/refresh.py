"""Land recent consents, erasures and follow-ups from Kafka right before a delivery."""

from __future__ import annotations

from activation.delivery.recent_events import EVENTS
from contracts.topics import TOPICS
from core.run_lock import run_lock
from core.settings import Settings
from ingestion import servers
from ingestion.kafka.ingest import ingest
from ingestion.landing import LandingZone


def land(settings: Settings) -> int:
    """Land new withdrawals, erasures and follow-ups; the next `affiliate run` validates them.

    Returns:
        Number of events landed.

    Raises:
        ConfigurationError: the broker is unreachable or rejects the login.
        AffiliateError: a run is in progress, messages expired unread, or a topic was deleted.
    """
    topics = [topic for topic in TOPICS if topic.name in EVENTS.values()]
    with run_lock(settings.home):
        zone = LandingZone(settings.landing_path)
        reports = ingest(servers.kafka(settings), zone, topics)
    return sum(report.counts.rows_landed for report in reports)
