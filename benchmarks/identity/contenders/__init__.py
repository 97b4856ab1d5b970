"""Ways to bring records together; each module is a program that takes a job."""
