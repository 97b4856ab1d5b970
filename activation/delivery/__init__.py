"""What audiences and follow-ups have in common: telling destinations outside what has changed.

Before anything leaves, what Kafka has on who must not be contacted is read (`news`, `landed`). What
a destination must be told is the difference to what it may hold (`difference`), kept run by run
(`runs`), and leaves as files, one an affiliate (`files`), or as keyed messages (`kafka`). Which
pseudonym is which record is known inside the company only (`people`).
"""
