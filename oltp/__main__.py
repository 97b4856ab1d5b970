"""`python -m oltp`: migrate an OLTP, create the sample world, simulate more days."""

from oltp.cli import main

main()
