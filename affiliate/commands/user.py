"""`affiliate user`: who may sign in to the pages, and as what."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate import console
from affiliate.commands.parts import Json
from core.settings import load_settings
from web.users import Role, Users, new_password

app = typer.Typer(
    help="Who may sign in to the pages: viewers read, operators also run and change.",
    no_args_is_help=True,
)
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="As the person types it, or as the proxy names them.")
]


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.VIEWER,
    sso: Annotated[
        bool, typer.Option("--sso", help="No password: they sign in at the trusted proxy.")
    ] = False,
) -> None:
    """Let a person in, and print their password, once.

    Example: affiliate user add ana --role operator
    """
    password = None if sso else new_password()
    _users().add(name, role, password)
    console.out.print(f"[green]✓[/] {name} is {'an' if role is Role.OPERATOR else 'a'} {role}")
    if password:
        console.out.print(f"Password, shown this once: [bold]{password}[/]")


@app.command("password")
def password_(name: Name) -> None:
    """Make and print a new password; sessions of the old one end.

    Example: affiliate user password operator
    """
    password = new_password()
    _users().set_password(name, password)
    console.out.print(f"Password of {name}, shown this once: [bold]{password}[/]")


@app.command()
def remove(name: Name) -> None:
    """Shut a person out; their open sessions end.

    Example: affiliate user remove ana
    """
    _users().remove(name)
    console.out.print(f"[green]✓[/] {name} is removed")


@app.command("list")
def list_(json: Json = False) -> None:
    """Who may sign in, as what, and how.

    Example: affiliate user list
    """
    rows = [
        {
            "name": user.name,
            "role": str(user.role),
            "signs_in": "password" if user.password_hash else "proxy",
        }
        for user in _users().all().values()
    ]
    if json:
        console.print_json(rows)
    elif rows:
        console.print_table(("name", "role", "signs in by"), [tuple(r.values()) for r in rows])
    else:
        console.out.print("Nobody yet: the first `affiliate up` makes the user operator.")


def _users() -> Users:
    return Users(load_settings().home)
