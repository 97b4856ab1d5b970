"""Erasure, subject exports, pseudonyms, and the scan of everything that leaves the platform.

Other packages import from `privacy.erasure`, `privacy.scan`, `privacy.pseudonym` (the keys) and
`privacy.pairwise` (the pseudonyms), and from no module below.
"""
