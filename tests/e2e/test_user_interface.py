"""`affiliate up`: one address for every page, as programs and as people see it; and its end."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import psutil
import psycopg
import pytest

from core.settings import Settings
from ingestion.servers import oltp_admin_dsn
from tests.e2e.browsing import Session, free_port
from tests.e2e.conftest import Home
from tests.requirements import require

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# pragma: allowlist nextline secret
PASSWORD = "what-operators-type"
LOCATION = "/locations/orchestration.definitions"
NEW_COLUMN = "weight_in_kilograms"


@dataclass
class Served:
    """A running `affiliate up`, and who may sign in."""

    port: int
    passwords: dict[str, str]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def ready(process: subprocess.Popen[str], port: int) -> None:
    """Waits until `affiliate up` says that it serves."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert f":{port}" in line, process.communicate()


@pytest.fixture(scope="module")
def served(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages over a world whose products got a column, and one of them no price."""
    with psycopg.connect(oltp_admin_dsn(Settings(home=home.path)), autocommit=True) as oltp:
        oltp.execute(f"alter table sales.product add column {NEW_COLUMN} numeric(6,2) default 1.5")
        oltp.execute("update sales.product set unit_price = 'NaN' where id = 1")
    home.must("ingest")
    home.must("docs", "build")
    viewer = home.must("user", "add", "ana").split()[-1]
    given = tmp_path_factory.mktemp("up") / "password"
    given.write_text(PASSWORD)
    port = free_port()
    process = home.start("up", "--port", str(port), AFFILIATE_OPERATOR_PASSWORD_FILE=str(given))
    try:
        ready(process, port)
        yield Served(port, {"operator": PASSWORD, "ana": viewer})
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 0


@pytest.fixture(scope="module")
def operator(served: Served) -> Session:
    return Session(served.port, "operator", PASSWORD)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    path = require("chromium", "a browser's view of the pages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def sign_in(chromium: Browser, served: Served) -> Callable[[str], Page]:
    """Signs a person in at a browser of their own and shows the start page."""

    def signed_in(name: str) -> Page:
        tab = chromium.new_context(viewport={"width": 1400, "height": 900}).new_page()
        tab.goto(served.url("/"))
        tab.get_by_label("Name").fill(name)
        tab.get_by_label("Password").fill(served.passwords[name])
        tab.keyboard.press("Enter")
        tab.get_by_role("button", name="Sign out").wait_for()
        return tab

    return signed_in


def test_one_address_serves_dagster_docs_and_dashboard(
    home: Home, served: Served, operator: Session
) -> None:
    runs = operator.ask("{ runsOrError { ... on Runs { results { jobName status } } } }")
    assets = operator.ask(
        "{ assetNodes { assetKey { path } groupName kinds owners { __typename } "
        "description hasAssetChecks } }"
    )["assetNodes"]
    schedules = operator.ask(
        "{ workspaceOrError { ... on Workspace { locationEntries { "
        "locationOrLoadError { ... on RepositoryLocation { repositories { "
        "schedules { name } } } } } } } }"
    )
    start, docs, quality, dashboard = map(
        operator.page, ("/", "/docs/", "/quality/", "/dashboard/")
    )
    with pytest.raises(HTTPError, match="404"):
        operator.page("/docs/..%2fsecrets/identity.key")

    assert {"jobName": "everything", "status": "SUCCESS"} in runs["runsOrError"]["results"]
    groups = {asset["groupName"] for asset in assets}
    assert groups >= {"oltp", "events", "raw", "staging", "identity", "marts", "serving"}
    assert all(asset["kinds"] and asset["owners"] and asset["description"] for asset in assets)
    marts = [asset for asset in assets if asset["groupName"] == "marts"]
    assert all(asset["hasAssetChecks"] for asset in marts)
    assert "daily" in json.dumps(schedules)
    assert str(home.current) in start
    assert "customer_order_items" in start
    files = (home.path / "releases" / "current" / "affiliates").iterdir()
    assert start.count('href="/dashboard/?affiliate=') == len(list(files)) > 0
    assert "Glossary" in docs
    assert 'id="chart-funnel"' in dashboard
    assert "<h1>Data quality</h1>" in quality


def test_users_sign_in_and_out(chromium: Browser, served: Served) -> None:
    tab = chromium.new_context().new_page()
    refused: list[str] = []
    tab.on(
        "console",
        lambda said: refused.append(said.text) if "Content Security" in said.text else None,
    )
    tab.goto(served.url("/asset-groups/"))
    # by keyboard alone, once the page put the cursor into its first field
    tab.locator("#name:focus").wait_for()
    for text in ("operator", "no such password"):
        tab.keyboard.type(text)
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.get_by_role("alert").inner_text() == "Wrong name or password."
    tab.get_by_label("Password").fill(PASSWORD)
    tab.keyboard.press("Enter")
    tab.get_by_role("button", name="Materialize all").wait_for()
    tab.goto(served.url("/"))
    for page in ("Dashboard", "Pipeline", "Models and columns", "Data quality"):
        assert tab.get_by_role("link", name=page, exact=True).is_visible()
    assert "checks passed" in tab.get_by_role("main").inner_text()
    tab.get_by_role("button", name="Sign out").click()
    tab.get_by_label("Password").wait_for()
    tab.goto(served.url("/runs"))
    assert "/login?next=/runs" in tab.url
    assert refused == []


def test_an_operator_launches_a_run_and_a_viewer_cannot(
    served: Served, operator: Session, sign_in: Callable[[str], Page]
) -> None:
    path = f"{LOCATION}/jobs/maintain/playground"
    viewer = sign_in("ana")
    viewer.goto(served.url(path))
    # the launchpad is not for viewers: they are shown the job
    viewer.wait_for_url("**/jobs/maintain")
    assert viewer.get_by_role("button", name="Launch Run").count() == 0

    tab = sign_in("operator")
    tab.goto(served.url(path))
    tab.get_by_role("button", name="Launch Run").click()
    tab.wait_for_url("**/runs/*")
    tab.get_by_text("Success", exact=True).first.wait_for(timeout=120_000)
    run = tab.url.rpartition("/")[2].partition("?")[0]
    told = operator.ask(
        "query R($id: ID!) { runOrError(runId: $id) { ... on Run { jobName status } } }", id=run
    )
    assert told["runOrError"] == {"jobName": "maintain", "status": "SUCCESS"}


def test_lineage_page_shows_the_sources_of_a_mart(
    served: Served, sign_in: Callable[[str], Page]
) -> None:
    tab = sign_in("ana")
    tab.goto(served.url("/assets/marts/customer_tags?view=lineage&lineageScope=neighbors"))
    for name in ("customer_tags", "customer_xref", "customer_olap"):
        tab.get_by_text(name, exact=True).first.wait_for()


def test_every_mart_column_has_lineage(operator: Session) -> None:
    assets = operator.ask(
        "{ assetNodes { groupName assetKey { path } assetMaterializations(limit: 1) { "
        "metadataEntries { ... on TableColumnLineageMetadataEntry { lineage { "
        "columnName columnDeps { assetKey { path } columnName } } } } } } }"
    )["assetNodes"]
    origins: dict[str, dict[str, list[str]]] = {}
    for asset in assets:
        for entry in asset["assetMaterializations"][0]["metadataEntries"]:
            if entry and asset["groupName"] in {"raw", "staging", "identity", "marts"}:
                origins[asset["assetKey"]["path"][-1]] = {
                    column["columnName"]: [
                        f"{dep['assetKey']['path'][-1]}.{dep['columnName']}"
                        for dep in column["columnDeps"]
                    ]
                    for column in entry["lineage"]
                }
    without = {a["assetKey"]["path"][-1] for a in assets if a["groupName"] == "marts"} - {*origins}
    assert without == set()
    assert origins["customer_orders"]["net_amount"]
    assert origins["stg_oltp__products"]["product_name"] == ["oltp_product.name"]
    assert origins["oltp_product"]["name"] == ["product.name"]


def test_data_quality_problems_are_shown(served: Served, sign_in: Callable[[str], Page]) -> None:
    tab = sign_in("ana")
    tab.goto(served.url("/assets/oltp/sales/product?view=checks"))
    tab.get_by_text("meets_expectations", exact=True).first.click()
    tab.get_by_text("Failed", exact=True).first.wait_for()
    tab.get_by_text("unit_price").first.wait_for()


def test_new_oltp_column_is_shown_on_its_asset(
    home: Home, served: Served, sign_in: Callable[[str], Page]
) -> None:
    tab = sign_in("ana")
    tab.goto(served.url("/assets/oltp/sales/product?view=events"))
    tab.get_by_text(f"{NEW_COLUMN} (numeric(6,2)) is landed").first.wait_for()
    release = home.path / "releases" / "current" / "customer_olap.duckdb"
    assert NEW_COLUMN.encode() not in release.read_bytes()


def test_docs_search_finds_a_model(served: Served, sign_in: Callable[[str], Page]) -> None:
    tab = sign_in("ana")
    tab.goto(served.url("/docs/"))
    search = tab.get_by_placeholder("Search for models...")
    search.fill("sales_funnel")
    search.press("Enter")
    tab.get_by_text("own_sales_funnel_breakdown").first.click()
    tab.get_by_role("heading", name="own_sales_funnel_breakdown").wait_for()


def test_child_processes_end_with_a_killed_parent(home: Home) -> None:
    process = home.start("up", "--port", str(free_port()))
    parent = psutil.Process(process.pid)
    # the password's line comes first: its user exists already here, so wait for the children
    while len(children := parent.children()) < 2:
        assert process.poll() is None, process.communicate()
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
