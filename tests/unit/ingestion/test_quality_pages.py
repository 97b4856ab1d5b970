"""The pages: complete, valid, in one piece without a network, and about today."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ingestion.landing import LandingZone
from ingestion.quality import publish, validate_batches
from ingestion.quality.store import read
from tests.support.landed_tables import CUSTOMER, NOW, SPECS, bad_rows, good_rows, land_rows

PRODUCT = SPECS["sales.product"]
VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """What a page refers to, and whether every element is closed where it should be."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.elements: set[str] = set()
        self._open: list[str] = []
        self.feed(path.read_text())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        found = {name: value or "" for name, value in attrs}
        self.links += [found[name] for name in ("href", "src", "action") if name in found]
        self.ids += [found["id"]] if "id" in found else []
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.fixture
def index(zone: LandingZone, pages: Path) -> Path:
    """Two batches of customers, one with warnings, and a held one of products."""
    rows = good_rows(CUSTOMER, 12)
    land_rows(zone, CUSTOMER, rows)
    land_rows(zone, CUSTOMER, [row | {"email": "N/A"} for row in rows], mode="delta")
    land_rows(zone, PRODUCT, bad_rows(PRODUCT, 120))
    validate_batches(zone, pages, now=NOW)
    return pages / "index.html"


def test_pages_are_valid_html_with_working_links(index: Path) -> None:
    found = sorted(index.parent.rglob("*.html"))
    assert len(found) == 4
    for path in found:
        page = Page(path)
        assert {"title", "main", "h1", "table"} <= page.elements
        assert not {"script", "iframe", "img", "form"} & page.elements
        assert len(set(page.ids)) == len(page.ids)
        for link in page.links:
            target, _, fragment = link.partition("#")
            assert link == "data:," or (path.parent / target).exists()
            assert not fragment or fragment in page.ids
        assert not re.search(r"https?:|url\(|@import", path.read_text())


def test_index_lists_held_batches_first_with_reasons(index: Path, zone: LandingZone) -> None:
    text = index.read_text()
    assert "1</b> held batch<" in text
    assert text.index("oltp--sales.product/") < text.index("oltp--affiliate.affiliate_customer/")
    assert "passed, 1 warning" in text
    (held,) = zone.held()
    assert held.reasons[0] in unescape(text)
    assert f"and {len(held.reasons) - 3} more" in text


def test_batch_page_counts_failed_rows(index: Path) -> None:
    text = (index.parent / "oltp--affiliate.affiliate_customer/000000000002.html").read_text()
    assert "<title>oltp/affiliate.affiliate_customer, batch 2: data quality</title>" in text
    assert "12 of 12 rows (100.0%) failed" in text
    assert "not valid addresses" in text


def test_accepted_batch_is_shown_as_accepted(index: Path, zone: LandingZone) -> None:
    (held,) = zone.held()
    zone.commit_validation([replace(held, outcome="accepted")])
    publish(zone, index.parent)
    assert 'class="badge accepted"' in index.read_text()
    assert "0</b> held batches<" in index.read_text()


def test_old_results_are_deleted_except_held_ones(
    zone: LandingZone, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.quality.store.KEPT", 2)
    land_rows(zone, PRODUCT, bad_rows(PRODUCT, 120))
    for number in range(1, 5):
        land_rows(zone, PRODUCT, good_rows(PRODUCT, 1, number), mode="delta")
    validate_batches(zone, pages, now=NOW)
    (batches,) = read(pages).values()
    assert [batch.entry for batch in batches] == [5, 4, 1]
    names = {path.stem for path in (pages / "oltp--sales.product").glob("*.html")}
    assert names == {f"{batch.entry:012d}" for batch in batches}
    zone.commit_validation([replace(zone.held()[0], outcome="accepted")])
    publish(zone, pages)
    assert [batch.entry for batch in read(pages)["oltp/sales.product"]] == [5, 4]
    assert {path.stem for path in (pages / "oltp--sales.product").glob("*.html")} == {
        f"{number:012d}" for number in (5, 4)
    }
