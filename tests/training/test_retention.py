"""Which checkpoints are kept."""

from __future__ import annotations

from pathlib import Path

import torch
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.training.checkpoints import Checkpoint, find_checkpoint, save_checkpoint
from ganzoo.training.retention import kept

STEPS = st.lists(st.integers(0, 500), min_size=1, unique=True).map(sorted)


def named(steps: list[int]) -> dict[str, int]:
    """64 images a step."""
    return {f"step-{step:08d}": 64 * step for step in steps}


@given(STEPS, st.data(), st.integers(1, 5), st.none() | st.floats(0.1, 10.0))
def test_the_newest_the_last_ones_and_the_best_are_always_kept(steps, data, last, every) -> None:
    saved = named(steps)
    newest, best = data.draw(st.sampled_from(list(saved))), data.draw(st.sampled_from([None, *saved]))
    names = kept(saved, newest, best, last, every)
    past = [name for name in saved if name <= newest]
    assert set(past[-last:]) <= names
    assert newest in names
    assert best is None or best in names
    assert names <= {*past, *filter(None, [best])}, "a future that was given up is not"


@given(STEPS, st.floats(0.1, 10.0))
def test_of_each_period_of_images_the_first_is_kept_whenever_one_looks(steps, every) -> None:
    """As the run saves one after the other, nothing is dropped that a later look would have kept."""
    alive: dict[str, int] = {}
    for name, images in named(steps).items():
        alive[name] = images
        names = kept(alive, name, None, 1, every)
        alive = {kept_name: n for kept_name, n in alive.items() if kept_name in names}
    assert set(alive) == kept(named(steps), f"step-{steps[-1]:08d}", None, 1, every)


def test_checkpoints_of_age_stay_on_the_disk(tmp_path: Path) -> None:
    for step in range(1, 11):
        saved = Checkpoint({"generator": {"weight": torch.ones(1)}}, {}, images=step * 100)
        save_checkpoint(tmp_path, step, saved, keep_last=1, keep_every_kimg=0.3)
    assert sorted(int(path.name[-2:]) for path in tmp_path.glob("step-*")) == [3, 6, 9, 10]


def test_a_damaged_one_does_not_count_among_the_last(tmp_path: Path) -> None:
    for step in (1, 2):
        save_checkpoint(tmp_path, step, Checkpoint({}, {}), keep_last=2)
    (tmp_path / "step-00000002" / "manifest.json").write_text("{")
    save_checkpoint(tmp_path, 3, Checkpoint({}, {}), keep_last=2)
    assert sorted(path.name for path in tmp_path.glob("step-*")) == ["step-00000001", "step-00000003"]
    assert find_checkpoint(tmp_path, say=print).name == "step-00000003"
