"""Quarantined messages and held batches: list them, replay messages, accept batches.

The rules that make a message invalid are in `contracts`, those that hold a batch in
`ingestion.quality`.
"""

from ingestion.quarantine.accepting import accept
from ingestion.quarantine.grouping import QuarantineGroup, groups
from ingestion.quarantine.replaying import ReplayReport, replay

__all__ = ["QuarantineGroup", "ReplayReport", "accept", "groups", "replay"]
