"""What is printed when a run is over, and by whom."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ganzoo.api import Run
from ganzoo.cli.app import app
from ganzoo.cli.ending import _on_your_own, print_ending


def test_a_process_that_is_not_the_first_says_nothing_and_needs_no_file_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    print_ending(Run(tmp_path / "on-another-machine"), quiet=False, as_json=False)
    assert capsys.readouterr().out == ""


def test_the_line_for_ones_own_images_keeps_all_that_a_composition_stands_for(tmp_path: Path) -> None:
    def resolved(*words: str) -> str:
        result = CliRunner().invoke(app, ["config", "resolve", *words])
        assert result.exit_code == 0, result.output
        return result.output

    photos, run = tmp_path / "YOUR_PHOTOS", tmp_path / "a run"
    photos.mkdir()
    run.mkdir()
    (run / "config.toml").write_text(resolved("dcgan", "--balance", "steady"))
    words = shlex.split(_on_your_own(Run(run)).replace("YOUR_PHOTOS/", shlex.quote(str(photos))))
    assert words[:2] == ["ganzoo", "run"]
    wanted = resolved("dcgan", "--balance", "steady", "--data", str(photos))
    assert 'kind = "relativistic"' in wanted
    assert resolved(*words[2:]) == wanted
