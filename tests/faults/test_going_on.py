"""Going on is exact, or refused, or a fork."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pytest
import torch
from a_tiny_run import SETTINGS, Signals, events, numbers, train, weights
from kill_loop import LEVERS

import ganzoo
from ganzoo.training.checkpoints import load_checkpoint
from ganzoo.training.manifest import sha256


@pytest.mark.parametrize("levers", LEVERS, ids=" ".join)
def test_with_several_strategies_the_interrupted_run_ends_where_the_uninterrupted_one_does(
    photos: Path, tmp_path: Path, levers: tuple[str, ...]
) -> None:
    whole = train(photos, tmp_path / "whole", balance=levers)
    with pytest.raises(ganzoo.Interrupted):
        train(photos, tmp_path / "parts", Signals(6, signal.SIGTERM), balance=levers)
    ganzoo.resume(tmp_path / "parts")
    assert weights(tmp_path / "parts") == weights(whole)
    assert numbers(tmp_path / "parts") == numbers(whole)


@pytest.fixture(scope="module")
def stopped(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that stopped after six of twelve steps; copied, never used itself."""
    out = tmp_path_factory.mktemp("stopped") / "run"
    with pytest.raises(ganzoo.Interrupted):
        train(photos, out, Signals(6, signal.SIGINT))
    return out


@pytest.fixture
def run(stopped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stopped, tmp_path / "run"))


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256(path) for path in folder.rglob("*") if path.is_file()}


def test_a_run_that_was_moved_and_renamed_goes_on(run: Path, finished: Path, tmp_path: Path) -> None:
    moved = run.rename(tmp_path / "größe\nund mehr")
    ganzoo.resume(moved)
    assert weights(moved) == weights(finished)
    assert numbers(moved) == numbers(finished)


def test_settings_that_no_weight_depends_on_may_change(run: Path, finished: Path) -> None:
    changed = {"logging.tick_steps": 4, "checkpoints.keep_last": 1, "samples.every_kimg": 1.0}
    ganzoo.resume(run, settings=changed)
    assert weights(run)["generator.safetensors"] == weights(finished)["generator.safetensors"]
    assert "tick_steps = 4" in (run / "config.toml").read_text()
    assert [path.name for path in (run / "checkpoints").glob("step-*")] != []


def test_another_setting_on_resume_is_refused_with_a_diff_and_nothing_is_touched(run: Path, cli) -> None:
    before = contents(run)
    ended = cli("resume", str(run), "--set", "training.batch_size=4", "--set", "generator.width=12")
    assert ended.code == 2
    assert "training.batch_size: 8 in the run, 4 now (from --set)" in ended.err
    assert "generator.width: 8 in the run, 12 now (from --set)" in ended.err
    assert "--fork" in ended.err
    assert {name: digest for name, digest in contents(run).items() if name != ".lock"} == {
        name: digest for name, digest in before.items() if name != ".lock"
    }


def test_a_config_that_was_edited_since_is_refused_with_the_line(run: Path) -> None:
    config = run / "config.toml"
    text = (
        config.read_text()
        .replace("seed = 0", "seed = 1")
        .replace("[balance.lr-skew]", "[balance.lecam]\n\n[balance.lr-skew]")
    )
    config.write_text(text)
    with pytest.raises(ganzoo.UsageError, match="cannot go on with other settings") as error:
        ganzoo.resume(run)
    line = text.splitlines().index("seed = 1") + 1
    assert f"training.seed: 0 in the run, 1 now (from {config}:{line})" in error.value.hint
    assert "balance.lecam" in error.value.hint


def test_going_on_from_an_earlier_checkpoint_needs_a_new_run(run: Path) -> None:
    with pytest.raises(ganzoo.UsageError, match="would overwrite") as error:
        ganzoo.resume(run, checkpoint="step-00000004")
    assert "--fork" in error.value.hint


def test_a_checkpoint_of_another_run_is_refused_before_its_weights_are_read(
    run: Path, photos: Path, tmp_path: Path
) -> None:
    other = train(photos, tmp_path / "other", steps=1, **{"generator.width": 12})
    for path in (run / "checkpoints").iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(other / "checkpoints", run / "checkpoints", dirs_exist_ok=True)
    for path in (run / "checkpoints").glob("step-*"):
        state = json.loads((path / "training.json").read_text())
        state["config"] = None
        reseal(path, "training.json", json.dumps(state))
    with pytest.raises(ganzoo.UsageError, match="belongs to another network"):
        ganzoo.resume(run)


def reseal(checkpoint: Path, name: str, content: str) -> None:
    """Change a file and its manifest, as a stranger could."""
    (checkpoint / name).write_text(content)
    manifest = json.loads((checkpoint / "manifest.json").read_text())
    manifest["files"][name] = {"bytes": len(content.encode()), "sha256": sha256(checkpoint / name)}
    (checkpoint / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("key", ["moment", "optimizers", "balance", "doctor", "numbers"])
def test_a_checkpoint_whose_state_makes_no_sense_is_an_error_in_words(run: Path, key: str) -> None:
    for path in (run / "checkpoints").glob("step-*"):
        state = json.loads((path / "training.json").read_text())
        state[key] = {"surprise": [1]}
        reseal(path, "training.json", json.dumps(state))
    with pytest.raises(ganzoo.UsageError, match="does not fit the run"):
        ganzoo.resume(run)


def test_when_the_last_checkpoint_is_damaged_the_one_before_is_taken_and_it_is_said(run: Path, finished: Path) -> None:
    weight = run / "checkpoints" / "step-00000006" / "generator.safetensors"
    content = bytearray(weight.read_bytes())
    content[-3] ^= 8
    weight.write_bytes(content)
    ganzoo.resume(run)
    assert weights(run) == weights(finished)
    assert numbers(run) == numbers(finished)
    [fault] = events(run, "fault")
    assert "passed over a checkpoint" in str(fault["message"])
    assert "step-00000006" in str(fault["message"])


def test_a_fork_goes_on_in_a_new_run_with_new_settings_and_the_old_one_is_as_it_was(run: Path, tmp_path: Path) -> None:
    before = contents(run)
    forked = ganzoo.resume(
        run, fork=tmp_path / "fork", steps=9, settings={"training.batch_size": 4, "balance.lecam.weight": 0.2}
    ).path
    assert contents(run) == before
    assert numbers(forked)[:2] == numbers(run)
    assert [line["images"] for line in numbers(forked)] == [24, 48, 48 + 3 * 4]
    [event] = events(forked, "forked")
    assert "step-00000006" in str(event["message"])
    assert "training.batch_size" in event["data"]["changed"]  # type: ignore[index]  # plain JSON
    assert "lecam" in (forked / "config.toml").read_text()
    assert json.loads((forked / "environment.json").read_text())["forked_from"]["checkpoint"] == "step-00000006"
    assert (forked / "samples" / "step-00000005.png").exists()


def test_a_fork_without_other_settings_ends_where_the_run_would_have(run: Path, finished: Path, tmp_path: Path) -> None:
    forked = ganzoo.resume(run, fork=tmp_path / "fork", checkpoint="step-00000004").path
    assert weights(forked)["generator.safetensors"] == weights(finished)["generator.safetensors"]
    assert numbers(forked) == numbers(finished)


def test_a_fork_with_another_optimiser_starts_its_moments_anew(run: Path, tmp_path: Path) -> None:
    forked = ganzoo.resume(run, fork=tmp_path / "fork", steps=8, settings={"optimizers.generator.kind": "rmsprop"}).path
    assert (forked / "checkpoints" / "latest").read_text() == "step-00000008"


def moments(run: Path, step: int) -> dict[str, torch.Tensor]:
    """D's moments by name, of a checkpoint."""
    found = load_checkpoint(run / "checkpoints" / f"step-{step:08d}").training["optimizers"]["discriminator"]
    return {name: each["exp_avg"] for name, each in found.items()}


def test_a_fork_that_freezes_a_part_of_d_keeps_the_moments_of_the_rest_and_one_that_frees_it_says_what_begins_anew(
    run: Path, tmp_path: Path
) -> None:
    frozen = ganzoo.resume(run, fork=tmp_path / "frozen", steps=8, settings={"balance.freeze-d.blocks": 1}).path
    before, after = moments(run, 6), moments(frozen, 6)
    left_out = before.keys() - after.keys()
    assert after
    assert left_out
    assert all(torch.equal(value, before[name]) for name, value in after.items())
    freed = ganzoo.resume(frozen, fork=tmp_path / "freed", steps=9, settings={"balance.freeze-d.blocks": 0}).path
    assert moments(freed, 9).keys() == before.keys()
    expected = f"discriminator: {len(left_out)} parameters learn that did not before"
    assert [note["message"] for note in events(freed, "note") if expected in str(note["message"])]


def test_a_fork_whose_networks_do_not_fit_the_checkpoint_is_refused_and_leaves_nothing(
    run: Path, tmp_path: Path
) -> None:
    with pytest.raises(ganzoo.UsageError, match="belongs to another network"):
        ganzoo.resume(run, fork=tmp_path / "fork", settings={"generator.width": 12})
    assert not (tmp_path / "fork").exists()


def test_a_fork_that_is_killed_before_its_first_checkpoint_is_no_run(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ganzoo.training.loop.save_checkpoint", die)
        with pytest.raises(KeyboardInterrupt):
            ganzoo.resume(run, fork=tmp_path / "fork")
    assert not (tmp_path / "fork").exists()


def test_a_fork_that_was_killed_while_it_was_made_can_be_made_again(
    run: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ganzoo.training.forking.write_record", die)
        patch.setattr("ganzoo.training.forking.shutil.rmtree", lambda *_, **__: None)  # a kill clears nothing away
        with pytest.raises(KeyboardInterrupt):
            ganzoo.resume(run, fork=tmp_path / "fork")
    with pytest.raises(ganzoo.UsageError, match="is not a run"):
        ganzoo.resume(tmp_path / "fork")
    assert numbers(ganzoo.resume(run, fork=tmp_path / "fork").path) == numbers(finished)
    assert not list((tmp_path / "fork").glob(".fork*"))


def test_images_that_changed_are_refused_and_a_fork_takes_them(photos: Path, run: Path, tmp_path: Path) -> None:
    fewer = Path(shutil.copytree(photos, tmp_path / "fewer"))
    (fewer / "00.png").unlink()
    with pytest.raises(ganzoo.UsageError, match="are not those the run was started with") as error:
        ganzoo.resume(run, settings={"data.source.path": str(fewer)})
    assert "--fork" in error.value.hint
    forked = ganzoo.resume(run, fork=tmp_path / "fork", steps=8, settings={"data.source.path": str(fewer)}).path
    assert any("images are others" in str(note["message"]) for note in events(forked, "note"))


def test_images_that_were_moved_are_found_where_the_user_says(
    photos: Path, run: Path, finished: Path, tmp_path: Path
) -> None:
    copied = shutil.copytree(photos, tmp_path / "moved")
    ganzoo.resume(run, settings={"data.source.path": str(copied)})
    assert weights(run) == weights(finished)


def test_the_defaults_that_the_tests_change_exist() -> None:
    from ganzoo.config.compose import Request, compose
    from ganzoo.config.tables import flatten
    from ganzoo.registry.catalogue import catalogue

    known = dict(flatten(compose(Request(recipe="dcgan"), catalogue()).model_dump(mode="json")))
    assert set(SETTINGS) <= set(known)
