"""Erasure, subject exports, pseudonyms, and the scan of everything that leaves the platform."""
