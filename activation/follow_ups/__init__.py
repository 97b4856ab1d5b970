"""Follow-up tasks on their way to those who do them, and back as outcomes.

Each affiliate's tasks are read from its own file of the release (`tasks`), weighed by what was
landed since (`decide`), and delivered as the difference to what a destination may hold (`deliver`).
What each is called outside is landed first (`ledger`), so that an outcome finds its deal again.
"""
