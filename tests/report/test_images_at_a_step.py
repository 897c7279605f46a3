"""How many images were seen at a step, where their number a step changes on the way: said alike everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from ganzoo.contracts import Moment
from ganzoo.registry.catalogue import catalogue
from ganzoo.report.compared import read_runs
from ganzoo.report.page.model import read_record
from ganzoo.report.series import kimg_at
from ganzoo.runs.directory import RunDirectory
from ganzoo.training.reporting import draw_pictures

TICKS = [{"step": 50, "images": 2000}, {"step": 100, "images": 12000}]
"""40 images a step, then 200."""


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    """A run with grids of steps 0, 50, 75 and 100."""
    run = RunDirectory(tmp_path / "run")
    run.samples.mkdir(parents=True)
    run.config.write_text('recipe = "dcgan"\n[training]\nbatch_size = 40\n')
    run.metrics.write_text("".join(json.dumps(tick) + "\n" for tick in TICKS))
    for step in (0, 50, 75, 100):
        run.sample(step).touch()
    return run


def test_between_ticks_it_is_in_between_and_after_them_as_many_a_step_as_before():
    kimg = kimg_at(TICKS, 40)
    assert [kimg(step) for step in (0, 25, 50, 75, 100, 150)] == pytest.approx([0, 1, 2, 7, 12, 18])


@pytest.mark.parametrize(("batch_size", "expected"), [(40, 2.0), (None, 0.0), ("40", 0.0), (10**400, 0.0)])
def test_before_the_first_tick_a_step_is_a_batch(batch_size, expected):
    assert kimg_at([], batch_size)(50) == expected


@pytest.mark.parametrize("damaged", [{}, {"step": None, "images": 5}, {"step": "1"}, {"step": 60, "images": 10**400}])
def test_a_damaged_line_counts_for_nothing(damaged):
    assert kimg_at([TICKS[0], damaged, TICKS[1]], 40)(75) == pytest.approx(7)


def test_the_gif_the_page_and_the_comparison_place_a_grid_alike(run, monkeypatch):
    record = read_record(run, catalogue())
    assert [record.kimg(step) for step, _ in run.grids()] == pytest.approx([0, 2, 7, 12])
    [compared] = read_runs([run.path])
    assert [kimg for kimg, _ in compared.grids()] == pytest.approx([0, 2, 7, 12])
    drawn = []
    monkeypatch.setattr("ganzoo.training.reporting.write_gif", lambda grids, *_: drawn.extend(grids))
    monkeypatch.setattr("ganzoo.training.reporting.describe", lambda _: "a run")
    monkeypatch.setattr("ganzoo.report.curves.draw_curves", lambda *_: None)
    session = SimpleNamespace(effective=SimpleNamespace(samples=SimpleNamespace(gif_fps=8)))
    draw_pictures(session, run, Moment(100, 12000, 40, 1000))
    assert [words.rpartition(" · ")[2] for words, _ in drawn] == ["0 kimg", "2 kimg", "7 kimg", "12 kimg"]
