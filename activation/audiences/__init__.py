"""Campaign audiences: their members, and the changes that destinations are sent.

An audience is a YAML file. Its rule is compiled to SQL on the release (`fields`, `compile`), which
queries each affiliate's file separately (`candidates`). Events landed since the release suppress
customers (`activation.delivery.recent_events`). Membership is kept as intervals (`membership`), and
destinations are sent the difference to what they may hold (`plan`, `deliver`). This happens inside
the company, because only there a pseudonym can be resolved to a customer.

Other packages import from here, not from the modules.
"""

from activation.audiences.deliver import run
from activation.audiences.erasure import withdraw_erased
from activation.audiences.lift import measure_lift
from activation.audiences.overview import list_audiences
from activation.audiences.plan import preview_run
from activation.audiences.preview import preview_audience
from activation.audiences.report import RunOptions, RunReport
from activation.audiences.store import acknowledge, purge

__all__ = [
    "RunOptions",
    "RunReport",
    "acknowledge",
    "list_audiences",
    "measure_lift",
    "preview_audience",
    "preview_run",
    "purge",
    "run",
    "withdraw_erased",
]
