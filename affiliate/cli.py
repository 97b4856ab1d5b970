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
    file_key,
    follow_ups,
    identity,
    maintain,
    quarantine,
    query,
    run,
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
    help="Run the affiliate data platform: one unified customer inside the company, full isolation "
    "between affiliates.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

PIPELINE = "Run the pipeline"
READING = "Read a release"
MARKETING = "Campaigns and follow-ups"
STEWARDSHIP = "Data quality and identity"
PRIVACY = "Privacy requests"
OPERATION = "Operate"

app.command(rich_help_panel=PIPELINE)(demo.demo)
app.command(rich_help_panel=PIPELINE)(run.run)
app.command(rich_help_panel=PIPELINE)(run.ingest)
app.command(rich_help_panel=PIPELINE)(run.build)
app.command(rich_help_panel=PIPELINE)(run.publish)
app.command(rich_help_panel=PIPELINE)(demo.evolve)
app.command(rich_help_panel=READING)(query.query)
app.command(rich_help_panel=READING)(dashboard.dashboard)
app.command(rich_help_panel=READING)(file_key.file_key)
app.add_typer(audience.app, name="audience", rich_help_panel=MARKETING)
app.add_typer(follow_ups.app, name="follow-ups", rich_help_panel=MARKETING)
app.add_typer(quarantine.app, name="quarantine", rich_help_panel=STEWARDSHIP)
app.add_typer(identity.app, name="identity", rich_help_panel=STEWARDSHIP)
app.command(rich_help_panel=PRIVACY)(erase.erase)
app.add_typer(subject.app, name="subject", rich_help_panel=PRIVACY)
app.command(rich_help_panel=OPERATION)(up.up)
app.command(rich_help_panel=OPERATION)(up.down)
app.add_typer(serve.app, name="serve", rich_help_panel=OPERATION)
app.add_typer(user.app, name="user", rich_help_panel=OPERATION)
app.add_typer(docs.app, name="docs", rich_help_panel=OPERATION)
app.command(rich_help_panel=OPERATION)(doctor.doctor)
app.command(rich_help_panel=OPERATION)(maintain.maintain)


def main() -> None:
    """Entry point: every expected failure is one line and an exit code."""
    try:
        app()
    except AffiliateError as error:
        fail(error)
    except OSError as error:
        fail(refusal(error))
    except SystemExit as end:
        if end.code == INTERRUPTED:
            err.print(
                "[yellow]stopped[/] by Ctrl-C: committed data is safe, the next run continues"
            )
        raise
