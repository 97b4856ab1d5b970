"""dbt's manifest is prepared once, and anew after a change."""

from __future__ import annotations

import json
import os
from pathlib import Path

from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder as _decoder

from core.settings import Settings
from orchestration.lib.dbt import PROJECT_DIR
from orchestration.lib.manifest import PARTIAL_PARSE, ensure_manifest


def test_manifest_is_parsed_only_after_changes(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    manifest = ensure_manifest(settings)
    first = manifest.stat().st_mtime_ns
    assert "model.affiliate.customer" in json.loads(manifest.read_text())["nodes"]

    assert ensure_manifest(settings).stat().st_mtime_ns == first
    # dbt writes what it cannot read again, whole numbers as keys, and then parses all in every run
    Manifest.from_msgpack((manifest.parent / PARTIAL_PARSE).read_bytes(), _decoder)

    older_than_the_project = (PROJECT_DIR / "dbt_project.yml").stat().st_mtime - 1
    os.utime(manifest, (older_than_the_project, older_than_the_project))
    assert ensure_manifest(settings).stat().st_mtime_ns > first
    assert [path.name for path in manifest.parent.iterdir() if path.is_dir()] == []
