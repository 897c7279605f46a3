from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from ganzoo.contracts import Event, RunStart, Tick
from ganzoo.report.notebook import EVERY_S, NotebookView, in_notebook

EVIL = "<script>alert(1)</script>"


class Display:
    """A notebook that remembers what it shows."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def __call__(self, thing, display_id=True):
        self.update(thing)
        return self

    def update(self, thing) -> None:
        self.shown.append(thing._repr_html_())


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def display() -> Display:
    return Display()


def start(title: str = "dcgan on avatars") -> RunStart:
    return RunStart(Path("runs/a"), title, {}, (), 0, 0, 1000)


def tick(step: int) -> Tick:
    return Tick(step, 10 * step, {"loss_generator": 0.5}, 400.0, "healthy")


def test_progress_and_the_latest_grid_are_shown_in_one_place(display, tmp_path):
    view, grid = NotebookView(display), tmp_path / "step-00000025.png"
    Image.fromarray(np.zeros((32, 32, 3), dtype=np.uint8)).save(grid)
    view.start(start())
    view.images(25, grid)
    view.tick(tick(25))
    view.event(Event("evaluation", 25, "fd 3.2"))
    view.end("finished")
    last = display.shown[-1]
    assert 'value="250"' in last
    assert "finished · 0.2 of 1.0 kimg · step 25 · 400 img/s · loss G 0.5 · healthy" in last
    assert "fd 3.2" in last
    assert 'src="data:image/webp;base64,' in last


def test_numbers_are_drawn_at_most_once_a_second(display):
    clock = Clock()
    view = NotebookView(display, clock)
    view.start(start())
    for step in range(1, 50):
        view.tick(tick(step))
    assert len(display.shown) == 2
    clock.now += EVERY_S
    view.tick(tick(50))
    assert len(display.shown) == 3


def test_names_and_messages_are_shown_as_text(display):
    view = NotebookView(display)
    view.start(start(EVIL))
    view.event(Event("fault", 1, EVIL))
    assert "<script" not in display.shown[-1]
    assert display.shown[-1].count("&lt;script&gt;") == 2


def test_a_grid_that_cannot_be_read_does_not_stop_the_view(display, tmp_path):
    view = NotebookView(display)
    view.start(start())
    view.images(0, tmp_path / "missing.png")
    assert "<img" not in display.shown[-1]


def test_a_script_and_a_terminal_are_no_notebooks(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert in_notebook() is None
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(config={})))
    assert in_notebook() is None


def test_a_run_in_a_notebook_shows_itself(display, monkeypatch, tmp_path):
    import ganzoo

    photos = tmp_path / "photos"
    photos.mkdir()
    for index in range(8):
        Image.fromarray(np.full((16, 16, 3), 30 * index, dtype=np.uint8)).save(photos / f"{index}.png")
    shell = SimpleNamespace(config={"IPKernelApp": {}})
    module = SimpleNamespace(get_ipython=lambda: shell, display=SimpleNamespace(display=display))
    monkeypatch.setitem(sys.modules, "IPython", module)
    settings = {
        "evaluation.metrics": {},
        "evaluation.memorising": False,
        "samples.count": 4,
        "training.batch_size": 4,
        "data.image_size": 16,
    }
    ganzoo.run("dcgan", preset="try", data=photos, steps=2, settings=settings, out=tmp_path / "run")
    assert "finished" in display.shown[-1]
    assert "<img" in display.shown[-1]
