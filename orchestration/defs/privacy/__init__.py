"""Assets of erasure: whom the landing zone holds nothing of any more, and the receipts."""
