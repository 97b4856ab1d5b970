"""What was set aside: a look at it, another try, and the release of batches that a review held.

What belongs here: rows that are landed but not in the marts, and how they get there. What does not:
why a row is bad (`contracts`) or a batch is (`ingestion.quality`).
"""

from ingestion.quarantine.accepting import accept
from ingestion.quarantine.grouping import Group, groups
from ingestion.quarantine.replaying import ReplayReport, replay

__all__ = ["Group", "ReplayReport", "accept", "groups", "replay"]
