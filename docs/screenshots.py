"""Takes the README's screenshots: `make screenshots`.

Serves the current release of `AFFILIATE_HOME` on a free port, opens the pages in a headless
Chromium and writes palette PNGs to `docs/images`. Needs a release, dbt docs and `chromium` on the
PATH.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from core.settings import load_settings

IMAGES = Path(__file__).parent / "images"
SIZE = {"width": 1280, "height": 800}
COLOURS = 96
#: Long enough for a page on a busy machine.
PATIENCE_MS = 180_000

#: Screenshot → path of the page, and an element that exists once the page is rendered.
PAGES = {
    "start": ("/", "text=customer_order_items"),
    "lineage": (
        "/assets/marts/customer_orders?view=lineage&lineageScope=neighbors",
        "text=customer_olap",
    ),
    "dbt-docs": ("/docs/#!/model/model.affiliate.customer", "text=One row per unified person"),
    "dashboard": ("/dashboard/", "#chart-funnel svg"),
}


@contextmanager
def served(password: str) -> Iterator[str]:
    """Serves the pages and yields their address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with TemporaryDirectory() as folder:
        given = Path(folder) / "password"
        given.write_text(password)
        process = subprocess.Popen(
            [Path(sys.executable).parent / "affiliate", "up", "--port", str(port)],
            env={**os.environ, "AFFILIATE_OPERATOR_PASSWORD_FILE": str(given)},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            if not any("http://" in line for line in process.stdout or ()):
                raise SystemExit("`affiliate up` did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def sign_in(tab: Page, address: str, password: str) -> None:
    """Signs in as the operator."""
    tab.goto(f"{address}/login")
    tab.get_by_label("Name").fill("operator")
    tab.get_by_label("Password").fill(password)
    tab.keyboard.press("Enter")
    tab.get_by_label("Password").wait_for(state="detached")


def shoot(tab: Page, name: str) -> None:
    """Saves a screenshot of the tab with a small palette."""
    image = Image.open(BytesIO(tab.screenshot())).convert("RGB")
    image.quantize(COLOURS).save(IMAGES / f"{name}.png", optimize=True)


def main() -> None:
    """Takes all screenshots."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is not on the PATH")
    if not (load_settings().releases_path / "current").exists():
        raise SystemExit("there is no release: run `make demo` first")
    password = secrets.token_urlsafe(16)
    with served(password) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport=SIZE)
        tab.set_default_timeout(PATIENCE_MS)
        sign_in(tab, address, password)
        for name, (path, drawn) in PAGES.items():
            tab.goto(f"{address}{path}")
            tab.locator(drawn).first.wait_for()
            # wait for animations to end
            tab.wait_for_timeout(5000)
            shoot(tab, name)
        browser.close()


if __name__ == "__main__":
    main()
