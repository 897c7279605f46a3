"""Each observer writes with the real library, offline; what is not installed is skipped and says so."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ganzoo.contracts import Event, Observer, RunStart, Tick
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.runs.logs import JsonLines
from ganzoo_observers.mlflow import happened

NAMES = ("tensorboard", "wandb", "mlflow", "trackio")


def library(name: str) -> Any:
    return pytest.importorskip(name, reason=f"the extra `{name}` is not installed")


def observer(name: str, run: Path, **settings: object) -> Observer:
    spec = catalogue().find(Kind.OBSERVER, name)
    return spec.build(spec.config(**settings), run)


def watch(watcher: Observer, run: Path, step: int = 0) -> None:
    """Two ticks, an evaluation, a verdict and a grid, from a step on."""
    config = {"training": {"batch_size": 8, "stop_when": []}, "recipe": "dcgan"}
    watcher.start(RunStart(run, "dcgan on <b>cats</b>", config, ("a note",), step, 8 * step, 800))
    for turn in (step + 1, step + 2):
        values = {"loss_generator": 0.5 * turn, "accuracy": 0.75}
        watcher.tick(Tick(turn, 8 * turn, values, 100.0, "healthy" if turn < 2 else "mode collapse"))
    watcher.event(Event("verdict", step + 2, "mode collapse since step 2"))
    watcher.event(Event("evaluation", step + 2, "kd 1.5", {"scores": {"kd": 1.5}}))
    picture = run / "grid.png"
    Image.fromarray(np.full((8, 8, 3), 200, dtype=np.uint8)).save(picture)
    Image.fromarray(np.full((6, 9, 3), 100, dtype=np.uint8)).save(run / "curves.png")
    watcher.images(step + 2, picture)
    watcher.end("finished")


def tensorboard_of(folder: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0, "images": 0})
    events.Reload()
    return events


def text_of(events: Any, tag: str) -> list[str]:
    return [value.tensor_proto.string_val[0].decode() for value in events.Tensors(f"{tag}/text_summary")]


@pytest.mark.parametrize("name", NAMES)
def test_none_watches_a_run_that_does_not_name_it(name):
    from ganzoo.config.compose import Request, compose

    assert name not in compose(Request(recipe="dcgan"), catalogue()).logging.observers
    named = compose(Request(recipe="dcgan", observers=(name,)), catalogue())
    assert list(named.logging.observers) == [name]


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_package_is_named_with_its_extra(name, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=f"the observer `{name}` needs the package {name}") as raised:
        observer(name, tmp_path)
    assert f"pip install {name}" in raised.value.hint


def test_a_run_whose_observer_cannot_watch_is_not_begun(cli, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    (tmp_path / "photos").mkdir()
    for shade in range(0, 240, 12):
        Image.new("RGB", (16, 16), (shade, 90, 90)).save(tmp_path / "photos" / f"{shade}.png")
    words = "run dcgan --data photos --preset try --steps 1 --observer wandb --out run --metric ssim:pairs=20"
    ended = cli(*words.split())
    assert ended.code == 2
    assert "the observer `wandb` needs the package wandb" in ended.err
    assert not (tmp_path / "run" / "config.toml").exists()


def test_the_plugin_imports_no_library(run_cli, tmp_path):
    import subprocess

    code = f"import sys, ganzoo_observers; print([name for name in {(*NAMES, 'torch')!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[]"


def test_tensorboard_has_numbers_pictures_texts_and_settings(tmp_path):
    library("tensorboard")
    watch(observer("tensorboard", tmp_path), tmp_path)
    events = tensorboard_of(tmp_path / "tensorboard")
    assert [(scalar.step, scalar.value) for scalar in events.Scalars("training/loss_generator")] == [(1, 0.5), (2, 1.0)]
    assert [scalar.value for scalar in events.Scalars("scores/kd")] == [1.5]
    assert (events.Images("samples")[0].width, events.Images("curves")[0].width) == (8, 9)
    assert text_of(events, "doctor/verdict") == ["healthy", "mode collapse"]
    assert text_of(events, "events/verdict") == ["mode collapse since step 2"]
    [settings] = text_of(events, "run/settings")
    assert "training.batch_size = 8" in settings
    assert "<b>" not in settings
    assert any("hparams" in tag for tag in events.summary_metadata)


def test_tensorboard_of_a_run_that_goes_back_shows_the_steps_once(tmp_path):
    library("tensorboard")
    watch(observer("tensorboard", tmp_path), tmp_path)
    watch(observer("tensorboard", tmp_path), tmp_path, step=1)  # killed after 2, goes on from 1
    steps = [scalar.step for scalar in tensorboard_of(tmp_path / "tensorboard").Scalars("training/accuracy")]
    assert steps == [1, 2, 3]


@pytest.mark.parametrize("to", [0, 1])
def test_tensorboard_hides_what_a_return_gave_up(tmp_path, monkeypatch, to):
    library("tensorboard")
    from tensorboard.summary.writer import event_file_writer

    # Files of one second are read in the order of their numbers as text, in which 10 comes before 9.
    monkeypatch.setattr(event_file_writer, "_global_uid", event_file_writer.AtomicCounter(0))
    watcher = observer("tensorboard", tmp_path, folder="other")
    watcher.start(RunStart(tmp_path, "a run", {}, (), 0, 0, 80))
    for turn in (1, 2, 3):
        watcher.tick(Tick(turn, turn, {"accuracy": 0.5}, 1.0, "healthy"))
    watcher.event(Event("rollback", 3, f"back from step 3 to {to}", {"from": 3, "to": to}))
    watcher.tick(Tick(2, 2, {"accuracy": 0.9}, 1.0, "healthy"))
    watcher.end("failed")
    scalars = tensorboard_of(tmp_path / "other").Scalars("training/accuracy")
    assert [(scalar.step, round(scalar.value, 1)) for scalar in scalars] == [(1, 0.5), (2, 0.9)][-to - 1 :]


def test_wandb_keeps_an_offline_run_with_one_identity(tmp_path, monkeypatch):
    library("wandb")
    monkeypatch.setenv("WANDB_SILENT", "true")
    watch(observer("wandb", tmp_path), tmp_path)
    identity = (tmp_path / "wandb-id.txt").read_text()
    watch(observer("wandb", tmp_path), tmp_path, step=1)
    assert (tmp_path / "wandb-id.txt").read_text() == identity
    files = sorted(tmp_path.glob("wandb/offline-run-*/*.wandb"))
    assert files
    assert {file.stem for file in files} == {f"run-{identity}"}
    content = b"".join(file.read_bytes() for file in files)
    for expected in (
        b"training/loss_generator",
        b"scores/kd",
        b"mode collapse since step 2",
        b"batch_size",
    ):
        assert expected in content


def test_mlflow_keeps_numbers_settings_and_files_in_the_run(tmp_path):
    mlflow = library("mlflow")
    pytest.importorskip("sqlalchemy", reason="mlflow-skinny has no database")
    watch(observer("mlflow", tmp_path), tmp_path)
    watch(observer("mlflow", tmp_path), tmp_path, step=1)  # goes on: one run, not two
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{tmp_path / 'mlflow.db'}")
    [experiment] = [found for found in client.search_experiments() if found.name == "ganzoo"]
    [run] = client.search_runs([experiment.experiment_id])
    assert run.data.params["training.batch_size"] == "8"
    assert run.data.metrics["scores/kd"] == 1.5
    assert run.data.tags["verdict"] == "mode collapse"
    assert run.info.status == "FINISHED"
    assert {step.step for step in client.get_metric_history(run.info.run_id, "training/accuracy")} == {1, 2, 3}
    names = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert {"events.txt", "samples", "curves.png"} <= names


def test_mlflow_is_given_what_happened_before_a_resume_too(tmp_path):
    assert list(happened(tmp_path)) == []
    log = JsonLines(tmp_path / "events.jsonl")
    log.append({"kind": "verdict", "step": 2, "message": "mode collapse", "data": {}})
    log.path.write_text(log.path.read_text() + '{"kind": "note", "st\n')  # killed here
    log.append({"kind": "resumed", "step": 2, "message": "goes on", "data": {}})
    assert list(happened(tmp_path)) == ["2\tverdict\tmode collapse\n", "2\tresumed\tgoes on\n"]


def test_two_runs_of_one_name_are_two_in_trackio_and_one_that_goes_on_is_one(tmp_path, monkeypatch):
    begun: list[dict[str, Any]] = []
    session = SimpleNamespace(log=lambda *_, **__: None, finish=lambda: None)
    double = SimpleNamespace(init=lambda **options: begun.append(options) or session, Image=str)
    monkeypatch.setitem(sys.modules, "trackio", double)
    for folder in ("one", "one", "other"):
        run = tmp_path / folder / "demo"
        run.mkdir(parents=True, exist_ok=True)
        watch(observer("trackio", run), run)
    first, again, other = (options["name"] for options in begun)
    assert first == again != other
    assert all(name.startswith("demo-") for name in (first, other))


def test_trackio_keeps_a_local_run(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    library("trackio")
    run = tmp_path / "a-run"
    run.mkdir()
    watch(observer("trackio", run), run)
    [database] = (tmp_path / "trackio").glob("*.db")
    import sqlite3

    with sqlite3.connect(database) as connection:
        rows = connection.execute("select step, metrics from metrics where run_name like 'a-run-%'").fetchall()
    logged = {key: value for _, text in rows for key, value in json.loads(text).items()}
    assert logged["scores/kd"] == 1.5
    assert logged["training/loss_generator"] == 1.0
    assert logged["events/verdict"] == "mode collapse since step 2"
    assert {step for step, _ in rows} >= {1, 2}
