"""What a run writes about copies of its training images when it is over."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

import ganzoo
from ganzoo.evaluation.reals import RealImages
from ganzoo.runs.logs import read_lines
from ganzoo.training import memorising

pytestmark = pytest.mark.usefixtures("no_report")

SETTINGS = {
    "training.precision": "fp32",
    "training.batch_size": 8,
    "data.image_size": 16,
    "samples.count": 4,
    "evaluation.images": 128,
}


def train(photos: Path, out: Path, **more: object) -> ganzoo.Run:
    torch.set_num_threads(1)
    return ganzoo.run(
        "dcgan", preset="try", data=photos, settings={**SETTINGS, **more}, metrics=["ssim:pairs=4"], steps=2, out=out
    )


def of_kind(run: ganzoo.Run, kind: str) -> list[dict[str, object]]:
    return [event for event in read_lines(run.path / "events.jsonl") if event["kind"] == kind]


def test_a_run_ends_with_a_search_for_copies_and_a_picture_of_the_nearest_pairs(photos: Path, tmp_path: Path) -> None:
    run = train(photos, tmp_path / "run")
    [event] = of_kind(run, "memorising")
    found = run.memorising
    assert found["message"] == event["message"]
    assert found["message"].startswith("no copies: 0.0 % of 32 generated images")
    assert (found["flagged"], found["images_generated"], found["images_searched"]) == (False, 32, 40)
    assert len(found["pairs"]) == 16
    with Image.open(run.report["neighbours"]) as picture:
        assert picture.width > 400


def test_a_generator_that_gives_training_images_is_flagged(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = sorted(photos.iterdir())

    def parrot(*_: object) -> Callable[[int, int], Tensor]:
        def draw(start: int, count: int) -> Tensor:
            images = [Image.open(files[index % len(files)]) for index in range(start, start + count)]
            pixels = [torch.tensor(list(image.tobytes()), dtype=torch.float32).reshape(16, 16, 3) for image in images]
            return torch.stack(pixels).permute(0, 3, 1, 2) / 127.5 - 1

        return draw

    monkeypatch.setattr(memorising, "draw_images", parrot)
    found = train(photos, tmp_path / "run").memorising
    assert (found["flagged"], found["share"]) == (True, 1.0)
    assert found["message"].startswith("memorised: 100.0 % of 32 generated images")
    assert {pair["real"] for pair in found["pairs"]} <= set(range(40))


def test_training_images_are_read_a_few_at_a_time_and_not_again_by_the_next_run(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    load = memorising.load

    def counting(store: RealImages, indices: NDArray[np.int64]) -> tuple[Tensor, Tensor | None]:
        read.append(len(indices))
        return load(store, indices)

    monkeypatch.setattr(memorising, "load", counting)
    monkeypatch.setattr(memorising, "READ", 16)
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    twice = tmp_path / "photos"
    shutil.copytree(photos, twice)
    shutil.copyfile(photos / "03.png", twice / "99.png")
    first = train(twice, tmp_path / "first").memorising
    assert read == [16, 16, 9, memorising.PAIRS]
    assert first["images_searched"] == 40, "one is there twice"
    read.clear()
    again = train(twice, tmp_path / "again").memorising
    assert read == [memorising.PAIRS]
    assert again["pairs"] == first["pairs"]


@pytest.mark.parametrize(
    "setting", [{"evaluation.memorising": False}, {"evaluation.at_end": False}], ids=["off", "not scored at the end"]
)
def test_nothing_is_searched_where_nobody_asked(photos: Path, tmp_path: Path, setting: dict[str, object]) -> None:
    run = train(photos, tmp_path / "run", **setting)
    assert run.memorising == {}
    assert "neighbours" not in run.report


def test_a_search_that_fails_is_a_fault_in_the_record_and_not_in_the_run(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ganzoo.UsageError("the weights are gone")

    monkeypatch.setattr(memorising, "default_backbone", fail)
    run = train(photos, tmp_path / "run")
    assert "the weights are gone" in str(of_kind(run, "fault")[0]["message"])
    assert of_kind(run, "end")[0]["message"] == "finished"
