"""Erasure: a customer is taken out of everything the platform keeps, and stays out.

What belongs here: requests and receipts, tombstones, what of a landed row is personal, and the
rewriting of what holds it. What does not: releases (`serving.erasure`), and the order of the steps
of a run (`orchestration`).
"""
