"""Lower precision of the forward changes rounding, not what is learnt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest
import torch

import ganzoo
from ganzoo.errors import UsageError
from ganzoo.training import precision
from ganzoo.training.precision import choose_arithmetic

pytestmark = pytest.mark.usefixtures("no_report")

SEEDS = (0, 1, 2)
SETTINGS = {
    "training.batch_size": 32,
    "samples.every_kimg": 1e6,
    "samples.count": 4,
    "evaluation.images": 256,
    "evaluation.memorising": False,
    "checkpoints.every_kimg": 1e6,
}


def scores(folder: Path, arithmetic: str) -> list[float]:
    """The kernel distance of each seed after the same number of steps."""
    torch.set_num_threads(1)
    settings = {**SETTINGS, "training.precision": arithmetic}
    runs = [
        ganzoo.run(
            "dcgan",
            preset="try",
            data="avatars",
            settings=settings,
            metrics=["kd"],
            steps=60,
            seed=seed,
            out=folder / f"{arithmetic}-{seed}",
        )
        for seed in SEEDS
    ]
    return [next(iter(run.scores.values())) for run in runs]


def test_after_a_fixed_budget_scores_in_bf16_differ_by_no_more_than_seeds_do(tmp_path: Path) -> None:
    full, half = scores(tmp_path, "fp32"), scores(tmp_path, "bf16")
    assert full != half  # bf16 was used
    assert abs(mean(half) - mean(full)) <= max(max(full) - min(full), max(half) - min(half))


@pytest.mark.parametrize("avx512, amx", [(False, False), (True, False), (False, True)])
def test_auto_takes_bf16_only_where_the_hardware_multiplies_it(
    monkeypatch: pytest.MonkeyPatch, avx512: bool, amx: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    assert choose_arithmetic("cpu", "auto").autocast is (torch.bfloat16 if avx512 or amx else None)
    assert choose_arithmetic("cpu", "fp32").autocast is None


def test_a_device_that_is_not_there_is_said_with_the_best_that_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_available", lambda device: device.type == "cpu")
    with pytest.raises(UsageError, match="no cuda device"):
        choose_arithmetic("cuda", "auto")


@pytest.fixture
def tf32() -> Iterator[None]:
    """Allowed before, and afterwards as it was. `monkeypatch` cannot put back what torch answers itself."""
    before = torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = True
    yield
    torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32 = before


@pytest.mark.usefixtures("tf32")
def test_on_cuda_fp32_is_not_rounded_to_tf32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_available", lambda device: True)
    choose_arithmetic("cuda", "fp32")
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
