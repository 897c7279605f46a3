"""What the doctor looks at, and the page that names it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ganzoo
from ganzoo.contracts.ailments import Ailment
from ganzoo.health.doctor import Doctor
from ganzoo.health.signals import PROBED, SMOOTHED, TRENDS, Signals

PAGE = Path(__file__).parents[2] / "docs/how-to/fix-a-run.md"
QUIET = {
    "data.image_size": 16,
    "training.precision": "fp32",
    "training.batch_size": 8,
    "generator.width": 8,
    "discriminator.width": 8,
    "logging.tick_steps": 4,
    "samples.count": 8,
    "samples.every_kimg": 0.064,
    "evaluation.metrics": {},
    "evaluation.at_end": False,
}


def named_on_the_page() -> set[str]:
    table = PAGE.read_text(encoding="utf-8").split("| signal | what it is |")[1].split("\n\n")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def read(*ticks: dict[str, float]) -> Signals:
    signals = Signals()
    for values in ticks:
        signals.take(values)
    return signals


def test_the_page_names_every_signal_and_no_other() -> None:
    assert named_on_the_page() == {*SMOOTHED, *TRENDS, *PROBED}


def test_every_signal_the_page_names_is_computed_in_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganzoo.training.loop.draw_pictures", lambda *_: None)
    run = ganzoo.run("dcgan", data="avatars", settings=QUIET, steps=32, out=tmp_path / "run")
    signals = read(*(tick["values"] for tick in run.metrics))
    missing = {name for name in named_on_the_page() if signals[name] is None}
    assert not missing
    assert all(math.isfinite(signals[name] or 0.0) for name in named_on_the_page())


def test_the_ratio_of_gradients_is_gs_over_ds() -> None:
    signals = read({"gradient_norm_generator": 3.0, "gradient_norm_discriminator": 2.0})
    assert signals["gradient_norm_ratio"] == pytest.approx(1.5)


def test_a_tick_in_which_d_had_no_gradient_has_no_ratio() -> None:
    assert read({"gradient_norm_generator": 3.0})["gradient_norm_ratio"] is None
    assert read({"gradient_norm_generator": 3.0, "gradient_norm_discriminator": 0.0})["gradient_norm_ratio"] is None


@given(st.floats(0.01, 100).flatmap(lambda size: st.sampled_from([size, -size])))
def test_a_loss_that_stays_has_no_trend_and_one_that_doubles_rises(size: float) -> None:
    flat = [{"loss_generator": size}] * 30
    assert read(*flat)["loss_trend_generator"] == pytest.approx(0, abs=1e-9)
    rises = read(*flat, *[{"loss_generator": size + abs(size)}] * 5)["loss_trend_generator"]
    assert rises is not None
    assert rises > 0.4
    assert read(*[{"loss_generator": 0.0}] * 3)["loss_trend_generator"] is None


@pytest.mark.parametrize(
    ("decides", "speaks_too", "ailment", "signal"),
    [
        ({"memory": 0.95}, {"sign_real": 0.9}, Ailment.MEMORISING, "r_t"),
        ({"motion": 0.0001}, {"loss_generator": 1.0}, Ailment.STALLED, "loss_trend_generator"),
        (
            {"accuracy": 0.98, "loss_share_discriminator": 0.13, "loss_share_generator": 8.0},
            {"saturation": 0.8},
            Ailment.DISCRIMINATOR_OVERPOWERS,
            "saturation",
        ),
        (
            {"accuracy": 0.98, "loss_share_discriminator": 0.13, "loss_share_generator": 8.0},
            {"gradient_norm_generator": 20.0, "gradient_norm_discriminator": 1.0},
            Ailment.DISCRIMINATOR_OVERPOWERS,
            "gradient_norm_ratio",
        ),
    ],
)
def test_what_speaks_for_a_verdict_is_named_and_decides_nothing(
    decides: dict[str, float], speaks_too: dict[str, float], ailment: Ailment, signal: str
) -> None:
    def judged(values: dict[str, float]) -> Doctor:
        doctor = Doctor()
        for step in range(12):
            doctor.judge(step, values)
        return doctor

    both, alone, without = judged({**decides, **speaks_too}), judged(speaks_too), judged(decides)
    assert both.verdict.name == without.verdict.name == ailment
    assert both.verdict.step == without.verdict.step
    assert signal in [evidence.signal for evidence in both.verdict.evidence]
    assert alone.verdict.ailment is None


def test_a_loss_that_ran_away_is_named_when_a_number_is_not_finite() -> None:
    doctor = Doctor()
    for step in range(20):
        doctor.judge(step, {"loss_discriminator": 1.0})
    for step in range(20, 24):
        doctor.judge(step, {"loss_discriminator": 50.0})
    verdict = doctor.judge(24, {"loss_discriminator": math.nan})
    assert verdict is not None
    assert [evidence.signal for evidence in verdict.evidence] == ["loss_discriminator", "loss_trend_discriminator"]


def test_each_piece_of_evidence_says_since_when_it_speaks() -> None:
    doctor = Doctor()
    for step in range(12):
        doctor.judge(step, {"memory": 0.95, "sign_real": 0.9 if step >= 2 else -0.9})
    since = {evidence.signal: evidence.since for evidence in doctor.verdict.evidence}
    assert since["memory"] == doctor.verdict.step == 1
    assert since["r_t"] > 1
