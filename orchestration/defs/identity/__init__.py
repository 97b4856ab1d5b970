"""Asset of the identity ledger: saves the customer IDs that a build assigned."""
