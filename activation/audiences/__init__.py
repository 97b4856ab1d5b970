"""Campaign audiences: who is meant, who may be contacted, and what destinations must be told.

An audience is a YAML file. Its rule is compiled to SQL on the release (`fields`, `compile`), asked
of every affiliate's file by itself (`candidates`), held against what was landed since (`landed`),
kept as intervals (`membership`), and delivered as the difference to what a destination may hold
(`difference`, `runs`, `deliver`). Runs happen inside the company: only there is known which
pseudonym is which person (`people`), so that a person has one arm everywhere.
"""
