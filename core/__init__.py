"""Foundations of every package: settings, errors, secrets, locks and durable files."""
