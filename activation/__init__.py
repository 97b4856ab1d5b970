"""Campaign audiences and follow-up tasks: selected from releases, delivered, and measured."""
