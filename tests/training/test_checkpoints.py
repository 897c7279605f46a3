"""What is saved comes back, and what is damaged is noticed."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
import torch

from ganzoo.errors import UsageError
from ganzoo.training.checkpoints import Checkpoint, find_checkpoint, load_checkpoint, save_checkpoint


def checkpoint(value: float = 1.0) -> Checkpoint:
    networks = {"generator": {"weight": torch.full((2, 3), value)}, "average": {"weight": torch.zeros(1)}}
    return Checkpoint(networks, {"step": 7, "optimizers": {"0": {"moment": torch.arange(3.0), "list": [1, None]}}})


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    loaded = load_checkpoint(save_checkpoint(tmp_path, 7, checkpoint(), keep_last=1))
    assert torch.equal(loaded.networks["generator"]["weight"], torch.ones(2, 3))
    assert loaded.training["step"] == 7
    assert torch.equal(loaded.training["optimizers"]["0"]["moment"], torch.arange(3.0))
    assert loaded.training["optimizers"]["0"]["list"] == [1, None]


def test_the_last_ones_and_the_best_are_kept(tmp_path: Path) -> None:
    for step in range(1, 6):
        save_checkpoint(tmp_path, step, checkpoint(), keep_last=2, best=step == 2)
    assert sorted(path.name for path in tmp_path.glob("step-*")) == [f"step-{n:08d}" for n in (2, 4, 5)]
    assert find_checkpoint(tmp_path).name == "step-00000005"
    assert find_checkpoint(tmp_path, "best").name == "step-00000002"


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove", "manifest"])
def test_the_newest_whole_one_stands_in_for_a_damaged_one_and_it_is_said(tmp_path: Path, damage: str) -> None:
    save_checkpoint(tmp_path, 1, checkpoint(), keep_last=5)
    last = save_checkpoint(tmp_path, 2, checkpoint(), keep_last=5)
    file = last / "generator.safetensors"
    content = bytearray(file.read_bytes())
    if damage == "flip":
        content[-1] ^= 1
        file.write_bytes(content)
    elif damage == "truncate":
        file.write_bytes(content[:-4])
    elif damage == "remove":
        file.unlink()
    else:
        (last / "manifest.json").write_text("{")
    said: list[str] = []
    assert find_checkpoint(tmp_path, say=said.append).name == "step-00000001"
    assert len(said) == 1
    assert "step-00000002" in said[0]


def test_without_a_whole_one_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no whole checkpoint"):
        find_checkpoint(tmp_path)


def test_a_checkpoint_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)
    with pytest.raises(UsageError) as error:
        find_checkpoint(tmp_path, "step-00000009")
    assert "step-00000001" in error.value.hint


def test_saving_one_step_twice_leaves_one_whole_checkpoint(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, 1, checkpoint(1.0), keep_last=1)
    path = save_checkpoint(tmp_path, 1, checkpoint(2.0), keep_last=1)
    assert torch.equal(load_checkpoint(path).networks["generator"]["weight"], torch.full((2, 3), 2.0))
    assert [child.name for child in tmp_path.iterdir() if child.name.startswith(".")] == []


def test_a_save_that_fails_leaves_the_last_one_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("ganzoo.training.checkpoints.write_atomic", full)
        with pytest.raises(OSError, match="No space"):
            save_checkpoint(tmp_path, 2, checkpoint(), keep_last=1)
    assert find_checkpoint(tmp_path).name == "step-00000001"
    assert [child.name for child in tmp_path.iterdir() if child.name.startswith(".")] == []


class Fires:
    """A pickle that would run code."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("fired"),))


def test_a_pickle_in_place_of_weights_does_not_fire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)
    payload = pickle.dumps(Fires())
    (path / "generator.safetensors").write_bytes(payload)
    manifest = json.loads((path / "manifest.json").read_text())
    import hashlib

    manifest["files"]["generator.safetensors"] = {
        "bytes": len(payload),
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UsageError, match="generator"):
        load_checkpoint(path)
    assert not (tmp_path / "fired").exists()


def test_a_future_that_was_given_up_is_dropped_and_the_new_checkpoint_stays(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)
    damaged = save_checkpoint(tmp_path, 9, checkpoint(), keep_last=5)
    (damaged / "manifest.json").write_text("{")
    save_checkpoint(tmp_path, 2, checkpoint(), keep_last=1)
    assert [path.name for path in tmp_path.glob("step-*")] == ["step-00000002"]


def test_a_checkpoint_asked_for_by_name_is_that_one_or_an_error(tmp_path: Path) -> None:
    best = save_checkpoint(tmp_path, 1, checkpoint(), keep_last=5, best=True)
    save_checkpoint(tmp_path, 2, checkpoint(), keep_last=5)
    (best / "manifest.json").write_text("{")
    with pytest.raises(UsageError, match="step-00000001"):
        find_checkpoint(tmp_path, "best")
