"""The command line: wiring only. A command imports what it needs when it is called."""

from __future__ import annotations

import typer

from affiliate.commands import (
    audience,
    dashboard,
    demo,
    docs,
    doctor,
    erase,
    evolve,
    file_key,
    follow_ups,
    identity,
    maintain,
    parts,
    quarantine,
    query,
    serve,
    subject,
    up,
    user,
)
from affiliate.console import err, fail
from core.disk import refusal
from core.errors import AffiliateError

#: Exit code of a command that Ctrl-C ended.
INTERRUPTED = 130

app = typer.Typer(
    name="affiliate",
    help="One unified customer inside the company, full isolation between affiliates.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

app.command()(demo.demo)
app.command()(parts.run)
app.command()(parts.ingest)
app.command()(parts.build)
app.command()(parts.publish)
app.command()(up.up)
app.command()(up.down)
app.add_typer(serve.app, name="serve")
app.command()(query.query)
app.command()(dashboard.dashboard)
app.add_typer(user.app, name="user")
app.command()(file_key.file_key)
app.add_typer(audience.app, name="audience")
app.add_typer(follow_ups.app, name="follow-ups")
app.add_typer(docs.app, name="docs")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(identity.app, name="identity")
app.command()(erase.erase)
app.add_typer(subject.app, name="subject")
app.command()(maintain.maintain)
app.command()(evolve.evolve)
app.command()(doctor.doctor)


def main() -> None:
    """Entry point; every expected failure is one line and an exit code."""
    try:
        app()
    except AffiliateError as error:
        fail(error)
    except OSError as error:
        fail(refusal(error))
    except SystemExit as end:
        if end.code == INTERRUPTED:
            err.print(
                "[yellow]stopped[/] by Ctrl-C: what was committed is safe, the next run goes on"
            )
        raise
