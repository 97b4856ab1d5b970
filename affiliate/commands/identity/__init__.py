"""`affiliate identity`: why records are one person, and a steward's decisions about it."""

from __future__ import annotations

import typer

from affiliate.commands.identity import decide, explain, train

app = typer.Typer(
    help="Why customer records are one person; and how to say that they are, or are not.",
    no_args_is_help=True,
)
app.command()(explain.explain)
app.command()(decide.split)
app.command()(decide.join)
app.command()(decide.decisions)
app.command()(train.train)
