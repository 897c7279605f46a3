"""Sweeps whose runs are a stand-in's, and take no time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ganzoo.config.compose import Request
from ganzoo.config.overrides import Override
from ganzoo.registry.catalogue import catalogue
from ganzoo.sweeping.define import define
from ganzoo.sweeping.definition import Definition
from ganzoo.sweeping.start import Place, Swept, work_on
from ganzoo.sweeping.vary import parse_vary

CHILD = (sys.executable, str(Path(__file__).with_name("child.py")))


def toy_sweep(*vary: str, seeds: int = 1, steps: int = 2, **options: object) -> Definition:
    request = Request(recipe="mlp", data="ring8", options=[Override("training.steps", steps, "--steps")])
    given = {"minimise": None, "maximise": None, "sampler": None, "trials": None, "prune": None, **options}
    return define(request, [parse_vary(text, {}) for text in vary], catalogue(), seeds=seeds, **given)


@pytest.fixture
def toy() -> Callable[..., Definition]:
    """`toy("generator.width=4,8", seeds=2)`: a sweep of an MLP on a ring of eight points."""
    return toy_sweep


@pytest.fixture
def sweep(tmp_path: Path) -> Callable[..., Swept]:
    """`sweep(definition, jobs=2)`, in `tmp_path / "sweep"`."""

    def run(definition: Definition, tell: Callable[[str], None] = lambda _: None, **place: object) -> Swept:
        return work_on(definition, Place(out=tmp_path / "sweep", **place), catalogue(), tell, CHILD)

    return run


@pytest.fixture
def starts(tmp_path: Path) -> Callable[[], list[str]]:
    """Which runs were begun, in order, and which gone on with."""
    return lambda: [line.rpartition(" ")[0] for line in lines(tmp_path / "sweep" / "starts")]


def lines(path: Path) -> Iterator[str]:
    return iter(path.read_text().splitlines() if path.exists() else ())
