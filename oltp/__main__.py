"""`python -m oltp`: migrate an OLTP, create the sample world in it, let it go on by days."""

from oltp.cli import main

main()
