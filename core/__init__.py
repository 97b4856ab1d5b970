"""What every package stands on: settings, errors, secrets, locks and durable files."""
