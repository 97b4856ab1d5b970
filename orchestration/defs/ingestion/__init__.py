"""Assets of the landing zone: OLTP tables and Kafka topics."""
