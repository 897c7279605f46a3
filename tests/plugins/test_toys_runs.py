"""Runs on points, from the command: scores, pictures, sampling, resuming, and what cannot be combined."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganzoo import api
from ganzoo.contracts import Observer, Tick
from ganzoo.errors import Interrupted

SHORT = ("--quiet", "--set", "samples.every_kimg=2.56", "--set", "evaluation.images=300")


class StopAt(Observer):
    """Asks the run to stop, as Ctrl-C does."""

    def __init__(self, step: int) -> None:
        self.step = step

    def tick(self, tick: Tick) -> None:
        if tick.step == self.step:
            os.kill(os.getpid(), signal.SIGINT)


def events(path: Path, kind: str) -> list[dict]:
    lines = (path / "events.jsonl").read_text().splitlines()
    return [event for event in map(json.loads, lines) if event["kind"] == kind]


def test_a_ring_is_learnt_from_the_command(cli: Callable, tmp_path: Path) -> None:
    done = cli("run", "mlp", "--data", "ring8", "--balance", "d-skip", "--steps", "30", "--out", "run", *SHORT)
    assert done.code == 0, done.err
    run = tmp_path / "run"
    assert not events(run, "fault")
    (evaluation,) = events(run, "evaluation")
    assert set(evaluation["data"]["scores"]) == {"distance", "modes-covered", "high-quality"}
    assert evaluation["data"]["protocol"]["quantisation"].startswith("none")
    pictures = sorted((run / "samples").glob("*.png"))
    assert len(pictures) >= 3
    assert {Image.open(picture).size for picture in pictures} == {(400, 400)}
    assert (run / "training.gif").exists()
    assert (run / "curves.png").exists()
    assert cli("doctor", str(run)).code == 0

    evaluated = api.evaluate(run)
    assert dict(evaluated.scores) == pytest.approx(evaluation["data"]["scores"])

    assert cli("sample", "run", "-n", "10", "--out", "points").code == 0
    table = np.loadtxt(tmp_path / "points" / "seed0.csv", delimiter=",", skiprows=1)
    assert table == pytest.approx(api.sample(run, 10).flatten(start_dim=1).numpy())
    assert cli("sample", "run", "-n", "10", "--out", "points", "--grid").code == 0
    assert (tmp_path / "points" / "seed0.png").exists()


def test_the_dirac_gan_runs_from_the_command(cli: Callable, tmp_path: Path) -> None:
    done = cli(
        "run", "dirac", "--data", "dirac", "--balance", "r1:gamma=1", "--steps", "120", "--out", "run", "--quiet"
    )
    assert done.code == 0, done.err
    assert not events(tmp_path / "run", "fault")
    distances = [event["data"]["scores"]["distance"] for event in events(tmp_path / "run", "evaluation")]
    assert distances[-1] < 0.2


def test_a_stopped_run_on_points_ends_where_an_unbroken_one_ends(tmp_path: Path) -> None:
    said = {
        "data": "grid25",
        "balance": ["r1r2"],
        "steps": 24,
        "settings": {"samples.count": 8, "evaluation.images": 50, "logging.tick_steps": 6},
    }
    whole = api.run("mlp", out=tmp_path / "whole", **said)
    with pytest.raises(Interrupted):
        api.run("mlp", out=tmp_path / "broken", observers=[StopAt(12)], **said)
    resumed = api.resume(tmp_path / "broken")
    weights = [run.generator.state_dict() for run in (whole, resumed)]
    assert all(bool((weights[0][name] == weights[1][name]).all()) for name in weights[0])
    assert whole.scores == resumed.scores


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mlp", "--data", "ring8", "--metric", "fd"), "`fd` reads images"),
        (("mlp", "--metric", "distance"), "`distance` reads points"),
        (("dcgan", "--data", "ring8"), "generator `dcgan` works on images"),
        (("mlp", "--data", "ring8", "--discriminator", "dcgan"), "discriminator `dcgan` works on images"),
        (("mlp", "--data", "ring8", "--balance", "diff-augment"), "`diff-augment` works on pixels"),
        (("mlp", "--data", "ring8", "--image-size", "32"), "data.image_size (from --image-size) is of images"),
        (("mlp", "--data", "dirac", "--set", "data.labels=true"), "have no labels"),
        (("dirac", "--data", "ring8"), "points in 1-D"),
    ],
)
def test_what_does_not_go_with_the_data_is_said_before_anything_is_written(
    cli: Callable, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = cli("run", *words, "--out", "run")
    assert done.code == 2
    assert said in " ".join(done.err.split())
    assert not (tmp_path / "run").exists()


def test_metrics_that_the_user_names_stand_in_for_the_data_sets_own(cli: Callable) -> None:
    own = cli("config", "resolve", "mlp", "--data", "grid25")
    assert "[evaluation.metrics.modes]" in own.out
    assert 'of = "grid25"' in own.out
    named = cli("config", "resolve", "mlp", "--data", "grid25", "--metric", "distance")
    assert "metrics.modes" not in named.out
    images = cli("config", "resolve", "mlp")
    assert "[evaluation.metrics.fd]" in images.out


@pytest.mark.usefixtures("no_report")
def test_labels_of_points_can_be_trained_on(tmp_path: Path) -> None:
    run = api.run("mlp", data="ring8", steps=4, out=tmp_path / "run", settings={"data.labels": True})
    assert run.generator.num_classes == 8
    assert run.sample(16).shape == (16, 2, 1, 1)


@pytest.mark.usefixtures("no_report")
def test_dense_networks_make_images_too(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    for shade in range(4):
        Image.new("RGB", (16, 16), (60 * shade, 0, 0)).save(tmp_path / "pictures" / f"{shade}.png")
    said = {"data.image_size": 8, "training.batch_size": 2, "evaluation.images": 4}
    run = api.run(
        "mlp",
        preset="images",
        data=tmp_path / "pictures",
        steps=2,
        out=tmp_path / "run",
        metrics=["ssim"],
        settings=said,
    )
    assert run.sample(4).shape == (4, 3, 8, 8)
