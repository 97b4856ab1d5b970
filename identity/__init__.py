"""What identity must not forget: persons' ids, how they came about, and stewards' decisions.

It is landed like everything else, so that a lost warehouse loses no id. What belongs here: landing
it and reading it for people. What does not: who is one person (`dbt_project/models/identity`).
"""
