"""What is printed when a run is over, and by whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganzoo.api import Run
from ganzoo.cli.ending import print_ending


def test_a_process_that_is_not_the_first_says_nothing_and_needs_no_file_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    print_ending(Run(tmp_path / "on-another-machine"), quiet=False, as_json=False)
    assert capsys.readouterr().out == ""
