"""Ways to build the marts, each a program of its own."""
