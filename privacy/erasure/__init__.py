"""Erasure of customers from everything the platform keeps, and export of a customer's data.

Requests and receipts, tombstones, and rewriting of landed files are here. The removal of releases
is in `serving`, the order of the steps of a run in `orchestration`.

Other packages import from here, not from the modules.
"""

from privacy.erasure.erasing import erase_landed, finish, take_requests
from privacy.erasure.export import export_subject
from privacy.erasure.requests import Receipt, Request, Requests, overdue
from privacy.erasure.submission import submit
from privacy.erasure.withdrawal import to_withdraw

__all__ = [
    "Receipt",
    "Request",
    "Requests",
    "erase_landed",
    "export_subject",
    "finish",
    "overdue",
    "submit",
    "take_requests",
    "to_withdraw",
]
