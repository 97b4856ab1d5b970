"""One file an affiliate: its own customers by name, and pseudonyms that nobody else can match.

All rows are staged once, with their pseudonyms and in the order they are stored in (`stage`), are
checked there (`checks`), and each file is cut from the stage and compared with it (`write`).
"""
