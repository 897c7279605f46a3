"""One run has one title: on the screen while it trains, above its curves, and on its page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganzoo.config.compose import Request, compose
from ganzoo.registry.catalogue import catalogue
from ganzoo.report.page.model import read_record
from ganzoo.runs.directory import create_run
from ganzoo.training.session import build_session, describe
from ganzoo.training.starting import write_record


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Eight small pictures in a folder."""
    folder = tmp_path / "photos"
    folder.mkdir()
    random = np.random.default_rng(0)
    for index in range(8):
        Image.fromarray(random.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / f"{index}.png")
    return folder


@pytest.mark.parametrize(
    ("recipe", "data", "balance", "words"),
    [
        ("mlp", "ring8", (), "mlp on ring8, points in 2-D, no balancing"),
        ("wgan", None, ("d-skip",), "wgan on photos, 16 px, update-ratio + weight-clip + d-skip"),
    ],
)
def test_the_screen_and_the_page_call_a_run_the_same(tmp_path, photos, recipe, data, balance, words):
    settings = ["data.image_size=16"] if data is None else []
    request = Request(recipe=recipe, data=data or str(photos), balance=balance, settings=settings, metrics=())
    session = build_session(compose(request, catalogue()), catalogue())
    run = create_run(tmp_path / "run", "run")
    write_record(session, run)
    assert read_record(run, catalogue()).title == words
    assert describe(session) == f"{words} · {session.arithmetic}"


def test_where_no_shape_is_recorded_the_page_says_what_the_configuration_asks_for(tmp_path):
    run = create_run(tmp_path / "run", "run")
    run.config.write_text('recipe = "dcgan"\n[data]\nimage_size = 32\n')
    run.environment.write_text('{"shape": {"size": "32", "channels": -1}}')
    assert read_record(run, catalogue()).title == "dcgan on unknown data, 32 px, no balancing"
