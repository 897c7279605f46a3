"""A trained generator scored again: of a run, of one of its checkpoints, against its own data or another's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

import ganzoo
from ganzoo.errors import UsageError

pytestmark = pytest.mark.usefixtures("no_report")

SETTINGS = {
    "training.precision": "fp32",
    "training.batch_size": 8,
    "data.image_size": 16,
    "samples.count": 4,
    "evaluation.images": 32,
    "evaluation.memorising": False,
    "checkpoints.every_kimg": 0.016,
}


@pytest.fixture(scope="module")
def run(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six steps, with checkpoints of steps 4 and 6."""
    torch.set_num_threads(1)
    out = tmp_path_factory.mktemp("runs") / "run"
    return ganzoo.run(
        "dcgan", preset="try", data=photos, settings=SETTINGS, metrics=["ssim:pairs=8"], steps=6, out=out
    ).path


def test_a_runs_last_score_is_found_again_and_can_be_compared_with_it(run: Path) -> None:
    again = ganzoo.evaluate(run)
    assert again.scores == ganzoo.Run(run).scores
    recorded = ganzoo.compare([run, _copied(run)]).rankings[0].scored[0]
    assert recorded is not None
    from ganzoo.evaluation.protocol import differences

    assert differences(again.protocol, recorded.protocol, "ssim") == []


def _copied(run: Path) -> Path:
    copy = run.with_name("copy")
    if not copy.exists():
        shutil.copytree(run, copy)
    return copy


def test_a_checkpoints_folder_is_scored_as_the_run_would_have_been_then(run: Path) -> None:
    earlier, last = (run / "checkpoints" / f"step-{step:08d}" for step in (4, 6))
    assert ganzoo.evaluate(last).scores == ganzoo.evaluate(run).scores
    assert ganzoo.evaluate(earlier).scores != ganzoo.evaluate(run).scores
    assert ganzoo.evaluate(earlier).scores == ganzoo.evaluate(run, checkpoint=earlier.name).scores


def test_a_run_is_scored_against_other_images_and_says_so(run: Path) -> None:
    other = ganzoo.evaluate(run, against="avatars", metrics=["fd"])
    assert other.protocol["data"]["name"] == "avatars"  # type: ignore[index]  # a table
    assert other.scores["fd-efficientnet-lite0"] > 0


def test_what_ended_a_run_is_no_condition_on_scoring_it_again(photos: Path, tmp_path: Path) -> None:
    settings = {**SETTINGS, "training.stop_when": ["kd:patience=5"], "evaluation.best_by": "kd"}
    out = ganzoo.run(
        "dcgan",
        preset="try",
        data=photos,
        settings=settings,
        metrics=["ssim:pairs=8", "kd"],
        steps=2,
        out=tmp_path / "r",
    ).path
    assert list(ganzoo.evaluate(out, metrics=["fd"]).scores) == ["fd-efficientnet-lite0"]


def test_a_run_without_metrics_is_scored_by_those_that_are_named_and_by_none_not_at_all(run: Path) -> None:
    with pytest.raises(UsageError, match="nothing to measure") as error:
        ganzoo.evaluate(run, metrics=["none"])
    assert "--metric" in error.value.hint


def test_the_stamp_says_what_the_strategies_made_of_the_settings(photos: Path, tmp_path: Path) -> None:
    run = ganzoo.run(
        "dcgan",
        preset="try",
        data=photos,
        balance=["batch-size:factor=0.5,at_least=1"],
        settings=SETTINGS,
        metrics=["ssim:pairs=8"],
        steps=2,
        out=tmp_path / "r",
    )
    recorded = run.directory.evaluations()[-1]["data"]["protocol"]["generator"]
    assert ganzoo.evaluate(run.path).protocol["generator"] == recorded


def test_a_checkpoint_without_its_run_or_two_at_once_are_refused(run: Path, tmp_path: Path) -> None:
    last = run / "checkpoints" / "step-00000006"
    lonely = Path(shutil.copytree(last, tmp_path / "step-00000006"))
    with pytest.raises(UsageError, match="a checkpoint without its run"):
        ganzoo.evaluate(lonely)
    with pytest.raises(UsageError, match="is one checkpoint, and --checkpoint best another"):
        ganzoo.evaluate(last, checkpoint="best")
    with pytest.raises(UsageError, match="--image-size is for images from files"):
        ganzoo.evaluate(run, image_size=32)
