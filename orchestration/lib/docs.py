"""dbt docs as one page that needs no server and nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from core.errors import ConfigurationError
from core.run_lock import run_lock
from core.settings import Settings
from orchestration.lib.dbt_call import call_dbt

#: Lineage, descriptions and SQL of every model; column types as the warehouse has them.
PAGE = "index.html"


def build_docs(settings: Settings) -> Path:
    """Writes the page anew; readers of the old one keep it until it is complete.

    Returns:
        The page, `$AFFILIATE_HOME/docs/index.html`.

    Raises:
        ConfigurationError: nothing was built yet that could be described.
        AffiliateError: a run is in progress, or dbt failed.
    """
    if settings.engine == "duckdb" and not settings.warehouse_path.exists():
        raise ConfigurationError("there is no warehouse to describe: run `affiliate run` first")
    settings.docs_path.mkdir(parents=True, exist_ok=True)
    with run_lock(settings.home), TemporaryDirectory(dir=settings.docs_path) as aside:
        # beside the manifest that Dagster reads, dbt would replace it
        call_dbt(settings, ("docs", "generate", "--static", "--target-path", aside))
        page = settings.docs_path / PAGE
        (Path(aside) / "static_index.html").replace(page)
    return page
