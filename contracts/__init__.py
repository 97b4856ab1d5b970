"""What the platform expects to receive: OLTP tables (`tables`) and event types (`events`)."""
