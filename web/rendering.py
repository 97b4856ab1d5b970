"""Renders our own pages from templates."""

from __future__ import annotations

from functools import cache
from typing import Any

from starlette.responses import HTMLResponse

from web.headers import PLAIN_PAGE_POLICY


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """One of our pages; its policy forbids scripts."""
    html = render(template, **values)
    return HTMLResponse(html, status, {"Content-Security-Policy": PLAIN_PAGE_POLICY})


def render(template: str, **values: Any) -> str:
    """The HTML of a template; values are escaped."""
    return str(_environment().get_template(template).render(**values))


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
