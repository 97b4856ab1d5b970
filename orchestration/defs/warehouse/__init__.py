"""Assets of the warehouse's schema `raw`."""
