"""dbt docs as one self-contained page."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from core.errors import ConfigurationError
from core.run_lock import run_lock
from core.settings import Settings
from orchestration.lib.dbt_call import call_dbt

#: Lineage, descriptions, SQL and column types of every model.
PAGE = "index.html"


def build_docs(settings: Settings) -> Path:
    """Builds the page; the old one stays readable until the new one is complete.

    Returns:
        The page, `$AFFILIATE_HOME/docs/index.html`.

    Raises:
        ConfigurationError: nothing was built yet.
        AffiliateError: a run is in progress, or dbt failed.
    """
    if settings.engine == "duckdb" and not settings.warehouse_path.exists():
        raise ConfigurationError("there is no warehouse to describe: run `affiliate run` first")
    settings.docs_path.mkdir(parents=True, exist_ok=True)
    with run_lock(settings.home), TemporaryDirectory(dir=settings.docs_path) as staging:
        # in its own folder: dbt would replace the manifest that Dagster reads
        call_dbt(settings, ("docs", "generate", "--static", "--target-path", staging))
        page = settings.docs_path / PAGE
        (Path(staging) / "static_index.html").replace(page)
    return page
