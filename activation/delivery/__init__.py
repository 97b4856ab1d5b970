"""Delivery, shared by audiences and follow-ups: send destinations what has changed.

Before anything is sent, recent consents and erasures are landed (`refresh`) and applied
(`recent_events`). The changes are the difference to what a destination may hold (`difference`).
They are stored run by run (`runs`) and sent as one file per affiliate (`files`) or as keyed
messages (`kafka`). Pseudonyms are resolved to customer records inside the company only (`people`).
"""
