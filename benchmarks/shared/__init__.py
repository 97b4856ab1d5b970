"""What every benchmark needs: programs with a clock and an eye on their memory, and pages."""
