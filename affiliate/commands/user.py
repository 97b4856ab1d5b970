"""`affiliate user`: the people who may sign in to the web pages."""

from __future__ import annotations

from typing import Annotated

import typer

from affiliate import console
from affiliate.options import Json
from core.settings import load_settings
from web.users import Role, Users, new_password

app = typer.Typer(
    help="Manage who may sign in: viewers read, operators also launch runs and change settings.",
    no_args_is_help=True,
)
Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The name to sign in with, or the name the proxy sends."),
]


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.VIEWER,
    sso: Annotated[
        bool, typer.Option("--sso", help="No password: the user signs in at the trusted proxy.")
    ] = False,
) -> None:
    """Add a user and print the password once.

    Example: affiliate user add ana --role operator
    """
    password = None if sso else new_password()
    _users().add(name, role, password)
    console.out.print(f"[green]✓[/] {name} is {'an' if role is Role.OPERATOR else 'a'} {role}")
    if password:
        console.out.print(f"Password, shown only once: [bold]{password}[/]")


@app.command("password")
def password_(name: Name) -> None:
    """Set a new random password and print it once; the user's sessions end.

    Example: affiliate user password operator
    """
    password = new_password()
    _users().set_password(name, password)
    console.out.print(f"Password of {name}, shown only once: [bold]{password}[/]")


@app.command()
def remove(name: Name) -> None:
    """Remove a user; their sessions end.

    Example: affiliate user remove ana
    """
    _users().remove(name)
    console.out.print(f"[green]✓[/] {name} is removed")


@app.command("list")
def list_(json: Json = False) -> None:
    """List the users, their roles and how they sign in.

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
        console.out.print("There are no users yet: the first `affiliate up` creates operator.")


def _users() -> Users:
    return Users(load_settings().home)
