"""Options that several commands share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from core.errors import ConfigurationError
from core.instant import parse_instant

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
AffiliateSlug = Annotated[
    str, typer.Option("--affiliate", metavar="SLUG", help="Slug of the affiliate.")
]
CustomerId = Annotated[
    int,
    typer.Option("--customer", metavar="ID", min=1, help="The customer's id at that affiliate."),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="Compute ages, recency and other relative measures as of this time (ISO 8601, UTC "
        "if it has no offset). Default: AFFILIATE_AS_OF, otherwise the start of the run.",
    ),
]


def parse_as_of(text: str | None) -> datetime | None:
    """An ISO 8601 time; without offset it is UTC.

    Raises:
        ConfigurationError: it is none.
    """
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        raise ConfigurationError(f"--as-of is {error}") from None
