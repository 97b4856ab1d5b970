"""The identity ledger: customer IDs, their history, and steward decisions.

They are landed like other data, so a lost warehouse loses no ID. Identity resolution itself is in
`dbt_project/models/identity`.

Other packages import from here and from `identity.training`, not from the modules.
"""

from identity.decisions import Decision, Pair
from identity.explain import Event, Explanation, explain_customer
from identity.ledger import LedgerReport, land
from identity.picture import customer_page, format_bits, format_evidence
from identity.steward import join, list_decisions, split

__all__ = [
    "Decision",
    "Event",
    "Explanation",
    "LedgerReport",
    "Pair",
    "customer_page",
    "explain_customer",
    "format_bits",
    "format_evidence",
    "join",
    "land",
    "list_decisions",
    "split",
]
