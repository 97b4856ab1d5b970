"""The warehouse's doorstep: opening it on either engine, and loading landed files into `raw`."""
