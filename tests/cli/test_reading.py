"""The bar while many files are read."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from rich.console import Console
from rich.live import Live

from ganzoo.cli.views.reading import shown_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def a_terminal_like_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_terminal_shows_how_many_files_are_read() -> None:
    stream = Terminal()
    with shown_progress(stream) as progress:
        for done in (1, 2, 3):
            progress(done, 3)
    assert "reading" in stream.getvalue()
    assert "3/3" in stream.getvalue()


def test_nothing_is_shown_where_nothing_is_read_or_nobody_looks() -> None:
    terminal, file = Terminal(), io.StringIO()
    with shown_progress(terminal):
        pass
    with shown_progress(file) as progress:
        progress(1, 1)
    assert terminal.getvalue().strip() == file.getvalue() == ""


def test_the_bar_is_gone_when_the_last_file_is_read_or_reading_fails() -> None:
    """Of two live pictures on one console the second would be refused, or drawn over the first."""
    stream = Terminal()
    with shown_progress(stream) as progress:
        progress(1, 1)
        before = len(stream.getvalue())
        with Live("training", console=Console(file=stream)):
            pass
        assert "reading" not in stream.getvalue()[before:]
    with pytest.raises(KeyError), shown_progress(stream) as progress:
        progress(1, 2)
        raise KeyError
    before = len(stream.getvalue())
    stream.write("after")
    assert stream.getvalue()[before:] == "after"


@pytest.mark.parametrize(("quiet", "shown"), [([], [(1, 3), (2, 3), (3, 3)]), (["--quiet"], [])])
def test_a_run_shows_it_while_its_images_are_read_for_the_first_time(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cli: Callable[..., Any],
    quiet: list[str],
    shown: list[tuple[int, int]],
) -> None:
    photos, told = tmp_path / "photos", list[tuple[int, int]]()
    photos.mkdir()
    for number in range(3):
        Image.new("RGB", (16, 16), (number, len(shown), 0)).save(photos / f"{number}.png")
    monkeypatch.setattr(
        "ganzoo.cli.views.reading.shown_progress", lambda _: nullcontext(lambda *so_far: told.append(so_far))
    )
    run = ["run", "mlp", "--data", str(photos), "--image-size", "16", "--steps", "1", "--set", "evaluation.metrics={}"]
    assert cli(*run, *quiet, "--out", str(tmp_path / "first")).code == 0
    assert told == shown
    assert cli(*run, *quiet, "--out", str(tmp_path / "second")).code == 0
    assert told == shown, "what is in the cache was read again"
