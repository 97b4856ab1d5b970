"""One file per affiliate: its own customers by name, and pseudonyms that no one else can match.

`stage` collects the rows of all affiliates once, with pseudonyms (`ids`) and in storage order;
`checks` validates them there; `write` exports each file from the stage and compares it with it.
"""
