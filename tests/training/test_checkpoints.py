"""What is saved comes back, and what is damaged is noticed."""

from __future__ import annotations

import json
import pickle
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.errors import UsageError
from ganzoo.runs.directory import create_run
from ganzoo.runs.leftovers import clear_leftovers
from ganzoo.training.checkpoints import Checkpoint, configuration_of, find_checkpoint, load_checkpoint, save_checkpoint
from ganzoo.training.manifest import images_of, sha256, verify
from ganzoo.training.plain_state import put_tensors_back, take_tensors_out


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
    assert find_checkpoint(tmp_path, say=print).name == "step-00000005"
    assert find_checkpoint(tmp_path, "best", say=print).name == "step-00000002"


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


def test_of_a_way_that_was_given_up_a_checkpoint_is_taken_only_where_no_other_is_whole(tmp_path: Path) -> None:
    for step, best in ((1, False), (9, True), (4, False)):  # the run went back from beyond 9
        save_checkpoint(tmp_path, step, checkpoint(), keep_last=5, best=best)
    (tmp_path / "step-00000004" / "manifest.json").write_text("{")
    assert find_checkpoint(tmp_path, say=print).name == "step-00000001"
    (tmp_path / "step-00000001" / "manifest.json").write_text("{")
    assert find_checkpoint(tmp_path, say=print).name == "step-00000009"


def test_without_a_whole_one_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no whole checkpoint"):
        find_checkpoint(tmp_path, say=print)


def test_a_checkpoint_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)
    with pytest.raises(UsageError) as error:
        find_checkpoint(tmp_path, "step-00000009", say=print)
    assert "step-00000001" in error.value.hint


def test_a_misspelt_checkpoint_is_told_the_nearest(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)
    with pytest.raises(UsageError, match="Did you mean `best`"):
        find_checkpoint(tmp_path, "bset", say=print)


def test_a_checkpoint_is_found_by_the_number_of_its_step(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, 126, checkpoint(), keep_last=1)
    assert find_checkpoint(tmp_path, "126", say=print) == path


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
        patch.setattr("ganzoo.training.checkpoints.write_synced", full)
        with pytest.raises(OSError, match="No space"):
            save_checkpoint(tmp_path, 2, checkpoint(), keep_last=1)
    assert find_checkpoint(tmp_path, say=print).name == "step-00000001"
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
        find_checkpoint(tmp_path, "best", say=print)


def test_nothing_is_removed_before_the_new_one_was_read_back_and_found_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)

    def lies(path: Path, content: bytes) -> None:
        path.write_bytes(content[:-1] + b"\0" if path.name == "generator.safetensors" else content)

    with monkeypatch.context() as patch:
        patch.setattr("ganzoo.training.checkpoints.write_synced", lies)
        with pytest.raises(OSError, match="not what can be read back"):
            save_checkpoint(tmp_path, 2, checkpoint(), keep_last=1)
    assert [path.name for path in tmp_path.glob("step-*")] == ["step-00000001"]
    assert find_checkpoint(tmp_path, say=print).name == "step-00000001"


def test_weights_of_another_shape_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)
    monkeypatch.setattr("ganzoo.training.checkpoints.load_file", None)  # reading would fail
    with pytest.raises(UsageError, match=r"belongs to another network: weight is \(2, 3\) there and \(4, 3\)"):
        load_checkpoint(path, {"generator": {"weight": torch.zeros(4, 3)}})
    with pytest.raises(UsageError, match=r"bias is absent there"):
        load_checkpoint(path, {"generator": {"weight": torch.zeros(2, 3), "bias": torch.zeros(1)}})
    with pytest.raises(UsageError, match="holds no discriminator"):
        load_checkpoint(path, {"discriminator": {}})


def test_a_file_that_claims_a_terabyte_is_refused_by_its_size(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)
    with (path / "generator.safetensors").open("ab") as file:
        file.truncate(1 << 40)  # takes no room on the disk
    with pytest.raises(UsageError, match="has not the"):
        load_checkpoint(path)
    with (path / "training.json").open("ab") as file:
        file.truncate(1 << 40)
    manifest = json.loads((path / "manifest.json").read_text())
    with pytest.raises(UsageError, match="not what ganzoo writes"):
        configuration_of(path)
    assert manifest["files"]["training.json"]["bytes"] < 1000


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "link"])
def test_a_manifest_that_leads_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = save_checkpoint(tmp_path / "", 1, checkpoint(), keep_last=1)
    (tmp_path / "secret").write_text("secret")
    (path / "link").symlink_to(tmp_path / "secret")
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["files"][name] = {"bytes": 6, "sha256": sha256(tmp_path / "secret")}
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UsageError, match="lacks a file that its manifest names"):
        verify(path)


def test_a_file_that_the_manifest_does_not_name_is_not_read(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)
    (path / "extra.safetensors").write_bytes(b"anything")
    assert set(load_checkpoint(path).networks) == {"generator", "average"}


def test_a_checkpoint_of_another_format_says_so(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(UsageError, match="of format 99; this ganzoo reads format 1"):
        load_checkpoint(path)


def test_a_manifest_that_is_a_null_is_not_said_to_be_nested(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, 1, checkpoint(), keep_last=1)
    (path / "manifest.json").write_text("null")
    with pytest.raises(UsageError, match=r"is no whole checkpoint: (?!.*nested)"):
        verify(path)


def test_a_number_that_is_not_finite_comes_back_as_it_was(tmp_path: Path) -> None:
    kept = Checkpoint({}, {"state": [float("inf"), 2**70]})
    assert load_checkpoint(save_checkpoint(tmp_path, 1, kept, keep_last=1)).training["state"] == [float("inf"), 2**70]


KEYS = st.sampled_from(["files", "format", "bytes", "sha256", "a"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@given(content=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_a_manifest_holds_the_answer_is_an_error_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "step-00000001"
    path.mkdir()
    (path / "manifest.json").write_bytes(content)
    with suppress(UsageError):
        assert verify(path) == []
    assert images_of(path) is None or isinstance(images_of(path), int)


def test_a_replaced_checkpoint_is_put_back_where_a_kill_came_before_its_successor(tmp_path: Path) -> None:
    run = create_run(tmp_path / "run", "run")
    path = save_checkpoint(run.checkpoints, 1, checkpoint(), keep_last=1)
    path.rename(run.checkpoints / ".old-step-00000001")
    (run.checkpoints / ".step-00000001.4711").mkdir()
    (run.checkpoints / ".drop-step-00000000").mkdir()
    (run.samples / ".step-00000000.png.abcd1234").touch()
    (run.path / ".lock").touch()
    (run.path / ".notes").touch()
    clear_leftovers(run)
    assert find_checkpoint(run.checkpoints, say=print) == path
    hidden = {child.name for child in run.path.rglob(".*")}
    assert hidden == {".lock", ".notes"}, "only what is ganzoo's own and half done is cleared away"


def test_nested_state_comes_back_through_json_and_tensors() -> None:
    tensors: dict[str, torch.Tensor] = {}
    state = {"a": [1, {"b": torch.arange(2)}, None], "c": {}, "d": (torch.ones(1), "text")}
    restored = put_tensors_back(json.loads(json.dumps(take_tensors_out(state, tensors))), tensors)
    assert restored["a"][0] == 1
    assert torch.equal(restored["a"][1]["b"], torch.arange(2))
    assert restored["c"] == {}
    assert restored["d"][1] == "text"
