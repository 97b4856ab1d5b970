"""dbt's manifest, from which Dagster's asset definitions are read.

`python -m orchestration.lib.manifest` writes it to AFFILIATE_DBT_TARGET, for a container image.
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

#: Suppresses the warning that Python prints when dbt was killed.
QUIET = {"PYTHONWARNINGS": "ignore:resource_tracker"}
PARTIAL_PARSE = "partial_parse.msgpack"
NOT_SOURCES = {"target", "logs", "dbt_packages"}


def ensure_manifest(settings: Settings) -> Path:
    """Parses the dbt project unless the manifest is newer than all its files, or part of the image.

    Returns:
        Path of `manifest.json`.

    Raises:
        AffiliateError: the project does not parse; dbt prints its message.
    """
    manifest = dbt_project(settings).manifest_path
    if manifest.exists() and (settings.dbt_target or _is_current(manifest)):
        return manifest
    manifest.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=manifest.parent) as staging:
        with suppress(FileNotFoundError):  # dbt then parses only what changed
            shutil.copy2(manifest.parent / PARTIAL_PARSE, staging)
        done = subprocess.run(
            [DBT, "--quiet", "parse"],
            env={**os.environ, **dbt_environment(settings), "DBT_TARGET_PATH": staging} | QUIET,
            cwd=PROJECT_DIR,
            stdout=sys.stderr,
            # Ctrl-C reaches dbt through this process only, so dbt prints no traceback
            process_group=0,
            check=False,
        )
        if done.returncode:
            raise AffiliateError("the dbt project does not parse: see dbt's message above")
        # dbt writes in place: a killed parse must not leave an incomplete manifest that looks new
        for name in (PARTIAL_PARSE, manifest.name):
            (Path(staging) / name).replace(manifest.parent / name)
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
