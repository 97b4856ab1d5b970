"""The docs build without a warning, load nothing from elsewhere, and every link leads somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest
from dotenv import dotenv_values
from markdown.extensions.toc import slugify

from affiliate.reference import EXAMPLE, PAGES, commands, env_example, settings
from contracts.reference import sources
from core.settings import Settings
from tests.documented import REPOSITORY

_LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
_LOADED = re.compile(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=[\"']?(?:https?:)?//[^\"' >]+")


def test_the_site_builds_strictly_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "mkdocs", "build", "--strict", "--site-dir", tmp_path],
        cwd=REPOSITORY,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 20
    assert {hit for page in pages for hit in _LOADED.findall(page.read_text())} == set()


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_from_pages_outside_the_site_are_valid(name: str) -> None:
    links = _LINK.findall((REPOSITORY / name).read_text())
    assert links
    for path, anchor in links:
        target = REPOSITORY / (path or name)
        assert target.exists(), path
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            assert anchor in {slugify(heading, "-") for heading in headings}, f"{path}#{anchor}"


@pytest.mark.parametrize("page", [commands, settings, sources], ids=lambda page: page.__name__)
def test_the_reference_is_current(page: FunctionType) -> None:
    assert (PAGES / f"{page.__name__}.md").read_text() == page(), "run `make reference`"


def test_the_example_of_settings_is_current_and_changes_nothing() -> None:
    assert EXAMPLE.read_text() == env_example(), "run `make reference`"
    assert dotenv_values(EXAMPLE) == {}


def test_every_setting_says_what_it_means() -> None:
    silent = {name for name, field in Settings.model_fields.items() if not field.description}
    # read by their prefix, or from a file that a setting names
    assert silent == {"sources", "kafka_options", "registry_options"}
