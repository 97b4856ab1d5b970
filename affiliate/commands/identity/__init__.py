"""`affiliate identity`: why records were matched, and how to override it."""

from __future__ import annotations

import typer

from affiliate.commands.identity import decide, explain, train

app = typer.Typer(
    help="Explain customer matching and override it.",
    no_args_is_help=True,
)
app.command()(explain.explain)
app.command()(decide.split)
app.command()(decide.join)
app.command()(decide.decisions)
app.command()(train.train)
