"""The dashboard: its numbers, the release file that it reads, and its behaviour in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.settings import Settings
from serving import open_release
from tests.integration.web.dashboard_sample import HOSTILE
from tests.integration.web.gated import PASSWORDS, Gated
from tests.requirements import require
from web.dashboard.view import read_view, standalone

PATH = "/dashboard/"
HTML = {"Accept": "text/html"}
SECTIONS = ["funnel", "time", "velocity", "follow-ups", "trend", "rfm", "retention", "affiliates"]


@pytest.fixture(scope="module")
def ana(managed: Gated) -> TestClient:
    return managed.signed_in("ana")


def figures(html: str) -> dict[str, Any]:
    """The page's figures by section."""
    found = re.findall(r'data-chart="chart-([a-z-]+)">(.*?)</script>', html, re.DOTALL)
    return {name: json.loads(figure) for name, figure in found}


def headings(html: str) -> list[str]:
    return re.findall(r'<h2 id="([a-z-]+)">', html)


def test_dashboard_requires_a_login(managed: Gated) -> None:
    client = managed.client()
    for path in (PATH, f"{PATH}?affiliate=shop-1", f"{PATH}dashboard.js", f"{PATH}plotly.min.js"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers=HTML).headers["location"].startswith("/login")


def test_every_section_has_chart_and_table(ana: TestClient) -> None:
    answer = ana.get(PATH)
    assert answer.status_code == 200
    assert headings(answer.text) == SECTIONS
    drawn = set(SECTIONS) - {"velocity"}
    assert set(figures(answer.text)) == drawn
    assert answer.text.count("<summary>") == answer.text.count('role="img"') == len(drawn)
    assert "unsafe-eval" not in answer.headers["content-security-policy"].split(",")[0]
    assert 'href="/dashboard/"' in ana.get("/").text


@pytest.mark.parametrize("affiliate", [None, "shop-1", "shop-2"])
def test_numbers_match_the_file_and_the_period(
    managed: Gated, ana: TestClient, affiliate: str | None
) -> None:
    asked = {"from": "2026-02", "to": "2026-02"} | ({"affiliate": affiliate} if affiliate else {})
    answer = ana.get(PATH, params=asked)
    shown = figures(answer.text)
    key = "affiliate" if affiliate else "affiliate_id"
    with open_release(managed.home / "releases" / "current", affiliate=affiliate) as file:

        def column(query: str) -> list[Any]:
            return [value for (value,) in file.execute(query).fetchall()]

        february = "cohort_month = '2026-02'"
        reached = column(
            f"SELECT sum(reached_or_beyond)::int FROM sales_funnel WHERE {february} "
            "GROUP BY stage_rank ORDER BY stage_rank"
        )
        medians = column(
            "SELECT quantile_disc(days_in_stage, 0.5)::double FROM deal_stage_intervals "
            f"WHERE stage_rank < 6 AND ({key}, deal_id) IN (SELECT ({key}, deal_id) FROM deals "
            f"WHERE {february}) GROUP BY stage_rank ORDER BY stage_rank"
        )
        new = column(
            "SELECT sum(new_customers)::int FROM affiliate_performance WHERE month(day) = 2"
        )
        scored = column("SELECT count(*) FROM customer")
    # shop 2 has no cohort of February
    assert (shown["funnel"]["data"][0]["x"] if "funnel" in shown else []) == reached
    assert (shown["time"]["data"][0]["x"] if "time" in shown else []) == medians
    assert bool(reached) is bool(medians) is (affiliate != "shop-2")
    assert shown["trend"]["data"][0]["y"] == new
    assert sum(map(sum, shown["rfm"]["data"][0]["z"])) == scored[0]


def test_retention_leaves_out_incomplete_months(ana: TestClient) -> None:
    trace = figures(ana.get(PATH).text)["retention"]["data"][0]
    # bought first in January, released on 15 March: of two months one is over
    assert (trace["y"], trace["x"], trace["z"]) == (["2026-01"], ["1"], [[0.4]])


def test_affiliate_page_reads_no_other_file(ana: TestClient, managed: Gated) -> None:
    folder = managed.home / "releases" / "current"
    others = [folder / "customer_olap.duckdb", folder / "affiliates" / "shop-2.duckdb"]
    for path in others:
        path.rename(path.with_suffix(".away"))
    try:
        answer = ana.get(PATH, params={"affiliate": "shop-1"})
        internal = ana.get(PATH)
    finally:
        for path in others:
            path.with_suffix(".away").rename(path)
    assert answer.status_code == 200
    assert headings(answer.text) == [s for s in SECTIONS if s not in {"follow-ups", "affiliates"}]
    assert internal.status_code == 503


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("affiliate=shop-3", 404),
        ("affiliate=../customer_olap", 404),
        ("affiliate=shop-1'%20OR%201=1--", 404),
        ("affiliate=shop-1&affiliate=shop-2", 400),
        ("from=2026-01'%20OR%20'1'='1", 400),
        ("from=2026-13", 400),
        ("to=%D9%A2%D9%A0%D9%A2%D9%A6-01", 400),
        ("from=2026-03&to=2026-01", 400),
        ("sql=drop", 400),
    ],
)
def test_invalid_parameters_get_a_clear_error(ana: TestClient, query: str, status: int) -> None:
    answer = ana.get(f"{PATH}?{query}")
    assert answer.status_code == status
    assert "The dashboard cannot be shown: " in answer.text
    assert "OR" not in answer.text


def test_browser_draws_the_dashboard_at_any_width_without_errors(address: str) -> None:
    from playwright.sync_api import sync_playwright

    chromium = require("chromium", "a browser's view of the dashboard")
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme="dark")
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(f"{address}{PATH}")
        tab.get_by_label("Name").fill("ana")
        tab.get_by_label("Password").fill(PASSWORDS["ana"])
        tab.keyboard.press("Enter")
        drawn = tab.locator(".chart .main-svg:first-child")
        drawn.last.wait_for()
        assert drawn.count() == len(SECTIONS) - 1
        assert tab.evaluate("document.documentElement.scrollWidth") == 390
        paper = "getComputedStyle(document.querySelector('.chart .main-svg')).backgroundColor"
        night = tab.evaluate(paper)
        tab.emulate_media(color_scheme="light")
        for _ in range(100):
            # in the page, polling would be the eval that its policy forbids
            if tab.evaluate(paper) != night:
                break
            tab.wait_for_timeout(100)
        assert tab.evaluate(paper) != night
        # by keyboard alone: the filter, then a figure's table
        tab.get_by_label("Affiliate", exact=True).focus()
        tab.keyboard.type("shop-1")
        for _ in range(3):
            tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        tab.get_by_role("heading", name="Dashboard of shop-1").wait_for()
        tab.get_by_text("Sales funnel as a table").focus()
        tab.keyboard.press("Enter")
        assert tab.get_by_role("rowheader", name="Untouched").first.is_visible()
        assert said == []
        browser.close()


def test_exported_file_needs_no_server(managed: Gated, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    chromium = require("chromium", "a browser's view of the dashboard")
    settings = Settings(home=managed.home, _env_file=None)
    path = tmp_path / "all.html"
    path.write_text(standalone(read_view(settings, [])), "utf-8")
    assert HOSTILE not in path.read_text("utf-8")
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_context(offline=True).new_page()
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(path.as_uri())
        tab.locator(".chart .main-svg:first-child").last.wait_for()
        assert tab.title().startswith("Dashboard")
        browser.close()
    assert said == []
