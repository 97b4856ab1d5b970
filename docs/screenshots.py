"""The pictures of the README, taken from the pages as they are: `make screenshots`.

Serves the current release of `AFFILIATE_HOME` on a free port, looks at it in a headless Chromium
and writes palette PNGs into `docs/images`. Needs a release, dbt docs and `chromium` on the PATH.
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
#: A page that a busy machine draws slowly is drawn all the same.
PATIENCE_MS = 180_000

#: Picture → where it is, and what is there once the page is drawn.
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
    """The pages' address while they are served."""
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
                raise SystemExit("`affiliate up` did not come up")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def sign_in(tab: Page, address: str, password: str) -> None:
    """As the operator."""
    tab.goto(f"{address}/login")
    tab.get_by_label("Name").fill("operator")
    tab.get_by_label("Password").fill(password)
    tab.keyboard.press("Enter")
    tab.get_by_label("Password").wait_for(state="detached")


def shoot(tab: Page, name: str) -> None:
    """Writes what the tab shows, with few colours: pages have few."""
    image = Image.open(BytesIO(tab.screenshot())).convert("RGB")
    image.quantize(COLOURS).save(IMAGES / f"{name}.png", optimize=True)


def main() -> None:
    """Takes all pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is not on the PATH")
    if not (load_settings().releases_path / "current").exists():
        raise SystemExit("there is no release to take pictures of: run `make demo` first")
    password = secrets.token_urlsafe(16)
    with served(password) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport=SIZE)
        tab.set_default_timeout(PATIENCE_MS)
        sign_in(tab, address, password)
        for name, (path, drawn) in PAGES.items():
            tab.goto(f"{address}{path}")
            tab.locator(drawn).first.wait_for()
            # what moves comes to rest
            tab.wait_for_timeout(5000)
            shoot(tab, name)
        browser.close()


if __name__ == "__main__":
    main()
