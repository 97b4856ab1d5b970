"""How the weights of evidence are learned: offline, from landed records, without labels.

What belongs here: probabilities estimated with Splink, the rules that make weights of them, their
seeds, and what other weights would change. What does not: how records compare and who is one person
(`dbt_project/macros/identity`, `models/identity`); both are read from there, never repeated.
"""
