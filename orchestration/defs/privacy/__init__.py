"""Assets of erasure: the processed requests and their receipts."""
