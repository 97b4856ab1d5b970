"""What `affiliate identity train` tells."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from affiliate.cli import app
from affiliate.commands.identity.train import as_json, show_effect, show_weights
from identity.training.effect import Effect, PartitionStats
from identity.training.seeds import TERMS, WEIGHTS, Version, read_version
from identity.training.train import Training
from orchestration.lib.dbt import PROJECT_DIR

TRAINING = Training(
    former=Version(3, {"gender": {"same": 999}}, {("surname", "silva"): 5000}),
    found=Version(
        4,
        {"gender": {"same": 1250, "different": -8000}, "surname": {"exact": 11000}},
        {("surname", "silva"): 4000, ("surname", "costa"): 10500},
    ),
    effect=Effect(
        records=10, changed=4, before=PartitionStats(5, 6, 2), after=PartitionStats(7, 5, 3)
    ),
)


def test_weights_are_shown_before_and_after(capsys: pytest.CaptureFixture[str]) -> None:
    show_weights(TRAINING)
    lines = [line.split("│")[1:-1] for line in capsys.readouterr().out.splitlines() if "│" in line]
    assert [[cell.strip() for cell in line] for line in lines] == [
        ["gender", "same", "0.999", "1.250", "+0.251"],
        ["gender", "different", "", "-8.000", ""],
        ["surname", "exact", "", "11.000", ""],
        # what is no common name weighs what a rare one does
        ["surname", "silva", "5.000", "4.000", "-1.000"],
        ["surname", "costa", "11.000", "10.500", "-0.500"],
    ]


def test_effect_of_training_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show_effect(TRAINING.effect)
    out = capsys.readouterr().out
    assert "4 of 10" in out
    assert [int(word) for word in out.split() if word.isdigit()][:6] == [5, 7, 6, 5, 2, 3]


def test_json_output_has_millibits() -> None:
    told = as_json(TRAINING)
    assert (told["version_in_force"], told["version"]) == (3, 4)
    assert told["weights"] == [
        {"field": "gender", "level": "same", "before": 999, "after": 1250},
        {"field": "gender", "level": "different", "before": None, "after": -8000},
        {"field": "surname", "level": "exact", "before": None, "after": 11000},
    ]
    assert told["common_names"] == {"before": 1, "after": 2}


@pytest.fixture
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's seeds, copied; what takes half a minute to learn is known already."""

    def learned(*_: Any, **__: Any) -> Training:
        return TRAINING

    folder = tmp_path / "seeds"
    folder.mkdir()
    for name in (WEIGHTS, TERMS):
        shutil.copy(PROJECT_DIR / "seeds" / name, folder / name)
    monkeypatch.setenv("AFFILIATE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("orchestration.training.PROJECT_DIR", tmp_path)
    monkeypatch.setattr("orchestration.training.run_training", learned)
    return folder


def test_train_writes_nothing_by_default(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: path.read_bytes() for path in seeds.iterdir()}
    app(["identity", "train"], standalone_mode=False)
    assert "Nothing was changed; --write adds version 4" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in seeds.iterdir()} == before


def test_train_with_write_appends_a_version_to_the_seeds(
    seeds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_force = read_version(seeds, 1)
    app(["identity", "train", "--write"], standalone_mode=False)
    assert "identity_weights_version: 4" in capsys.readouterr().out
    assert read_version(seeds, 4) == TRAINING.found
    assert read_version(seeds, 1) == in_force


def test_json_output_says_whether_weights_were_written(
    seeds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options, written in (([], False), (["--write"], True)):
        app(["identity", "train", "--json", *options], standalone_mode=False)
        told = json.loads(capsys.readouterr().out)
        assert (told["version"], told["written"]) == (4, written)
        assert ("4,surname,costa,10500" in (seeds / TERMS).read_text()) is written
