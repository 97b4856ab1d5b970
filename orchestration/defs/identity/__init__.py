"""Asset of the identity ledger: what makes persons' ids durable."""
