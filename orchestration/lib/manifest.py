"""dbt's manifest, prepared before Dagster loads: asset definitions are read from it.

`python -m orchestration.lib.manifest` prepares it where AFFILIATE_DBT_TARGET says: for an image.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from core.errors import AffiliateError
from core.settings import Settings, load_settings
from orchestration.lib.dbt import DBT, PROJECT_DIR, dbt_environment, dbt_project

#: What Python says of a dbt that was killed.
QUIET = {"PYTHONWARNINGS": "ignore:resource_tracker"}
PARTIAL_PARSE = "partial_parse.msgpack"
NOT_SOURCES = {"target", "logs", "dbt_packages"}


def ensure_manifest(settings: Settings) -> Path:
    """Parses the dbt project unless the manifest is newer than all its files, or came with them.

    Returns:
        Path of `manifest.json`.

    Raises:
        AffiliateError: the project does not parse; dbt's message is printed by dbt.
    """
    manifest = dbt_project(settings).manifest_path
    if manifest.exists() and (settings.dbt_target or _is_current(manifest)):
        return manifest
    manifest.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=manifest.parent) as aside:
        with suppress(FileNotFoundError):  # dbt reads only what changed since
            shutil.copy2(manifest.parent / PARTIAL_PARSE, aside)
        done = subprocess.run(
            [DBT, "--quiet", "parse"],
            env={**os.environ, **dbt_environment(settings), "DBT_TARGET_PATH": aside} | QUIET,
            cwd=PROJECT_DIR,
            stdout=sys.stderr,
            # Ctrl-C ends it through us, without a traceback of dbt's
            process_group=0,
            check=False,
        )
        if done.returncode:
            raise AffiliateError("the dbt project does not parse: see dbt's message above")
        # dbt writes in place; a killed parse must not leave half a manifest that looks new
        for name in (PARTIAL_PARSE, manifest.name):
            (Path(aside) / name).replace(manifest.parent / name)
    return manifest


def _is_current(manifest: Path) -> bool:
    return manifest.stat().st_mtime > max(
        path.stat().st_mtime
        for folder in PROJECT_DIR.iterdir()
        if folder.name not in NOT_SOURCES
        for path in ([folder] if folder.is_file() else folder.rglob("*"))
    )


if __name__ == "__main__":
    ensure_manifest(load_settings())
