"""Follow-up tasks: their delivery to the people who do them.

Each affiliate's tasks are read from its own file of the release (`tasks`). Events landed since then
suppress tasks (`decide`). Destinations are sent the difference to what they may hold (`deliver`).
The pseudonyms of delivered tasks are landed first (`ledger`), so that an outcome finds its deal.

Other packages import from here, not from the modules.
"""

from activation.follow_ups.deliver import (
    DeliveryOptions,
    DeliveryReport,
    deliver_tasks,
    preview_delivery,
    purge,
)
from activation.follow_ups.erasure import undeleted_files
from activation.follow_ups.overview import open_tasks

__all__ = [
    "DeliveryOptions",
    "DeliveryReport",
    "deliver_tasks",
    "open_tasks",
    "preview_delivery",
    "purge",
    "undeleted_files",
]
