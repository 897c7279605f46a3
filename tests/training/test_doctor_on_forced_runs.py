"""Runs that are made ill, and what the doctor says of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import ganzoo
from ganzoo.contracts import Generator, ImageShape
from ganzoo.plugin import GeneratorConfig, GeneratorSpec
from ganzoo.runs.logs import read_lines

pytestmark = pytest.mark.usefixtures("no_report")

SETTINGS: Mapping[str, object] = {
    "generator.latent_dim": 16,
    "training.precision": "fp32",
    "training.batch_size": 16,
    "samples.count": 32,
    "samples.every_kimg": 0.32,
    "logging.tick_steps": 10,
    "evaluation.metrics": {},
    "evaluation.at_end": False,
    "checkpoints.every_kimg": 1e6,
}


class OneImage(Generator):
    """The same image whatever the latents."""

    def __init__(self, config: GeneratorConfig, shape: ImageShape) -> None:
        super().__init__(shape, latent_dim=4)
        self.image = nn.Parameter(torch.zeros(shape.channels, shape.size, shape.size))

    def synthesise(self, style: Tensor) -> Tensor:
        return self.image.tanh().expand(len(style), -1, -1, -1)


def verdict_events(out: Path, steps: int, **more: object) -> list[dict[str, Any]]:
    torch.set_num_threads(1)
    settings = {**SETTINGS, **more}
    run = ganzoo.run("dcgan", preset="try", data="avatars", settings=settings, steps=steps, out=out)
    return [event for event in read_lines(run.path / "events.jsonl") if event["kind"] == "verdict"]


def verdicts(out: Path, steps: int, **more: object) -> list[str]:
    return [event["data"]["verdict"] for event in verdict_events(out, steps, **more)]


def test_a_generator_that_makes_one_image_has_collapsed(tmp_path: Path, plugins, monkeypatch) -> None:
    spec = GeneratorSpec(name="one-image", summary="-", source="-", config=GeneratorConfig, build=OneImage)
    with_it = plugins.beside_ours(plugins.offering("someone", "ganzoo_generators", spec))
    monkeypatch.setattr("ganzoo.api.train.catalogue", lambda: with_it)
    settings = {name: value for name, value in SETTINGS.items() if not name.startswith("generator.")}
    run = ganzoo.run(
        "dcgan", preset="try", data="avatars", generator="one-image", settings=settings, steps=80, out=tmp_path / "run"
    )
    said = [event["message"] for event in read_lines(run.path / "events.jsonl") if event["kind"] == "verdict"]
    assert any("mode collapse" in each and "dissimilarity" in each for each in said)


def test_a_latent_of_one_number_is_told_by_twins_among_the_samples(tmp_path: Path) -> None:
    said = verdicts(tmp_path / "run", 120, **{"generator.latent_dim": 1})
    assert "mode collapse" in said


@pytest.mark.parametrize("latent_dim", [16, 100])
def test_samples_of_an_ordinary_latent_are_not_taken_for_a_collapse(tmp_path: Path, latent_dim: int) -> None:
    said = verdicts(tmp_path / "run", 120, **{"generator.latent_dim": latent_dim})
    assert "mode collapse" not in said


def test_networks_that_do_not_learn_have_stalled(tmp_path: Path) -> None:
    rates = {f"optimizers.{role}.learning_rate": 1e-12 for role in ("generator", "discriminator")}
    events = verdict_events(tmp_path / "run", 130, **rates)
    (stalled,) = [event["data"] for event in events if event["data"]["verdict"] == "stalled"]
    first, *others = stalled["evidence"]
    assert first == {"signal": "motion", "value": 0.0, "threshold": 0.002, "above": False, "since": stalled["since"]}
    assert {each["signal"] for each in others} == {"loss_trend_discriminator", "loss_trend_generator"}
    diagnosis = ganzoo.diagnose(tmp_path / "run").as_dict()
    assert diagnosis["verdicts"] == [
        {name: event["data"][name] for name in ("verdict", "since", "evidence")} for event in events
    ]
    assert stalled["advice"] == diagnosis["advice"]
    assert all(each["flag"].startswith("--balance ") and each["why"] for each in stalled["advice"])
    assert stalled["advice"]


def test_the_verdict_that_all_is_well_has_neither_evidence_nor_advice(tmp_path: Path) -> None:
    data = [event["data"] for event in verdict_events(tmp_path / "run", 60)]
    assert {**data[0], "since": 0} == {"verdict": "healthy", "since": 0, "evidence": [], "advice": []}
