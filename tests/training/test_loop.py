"""A whole run: what it leaves on disk, how it stops, how it goes on."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import ganzoo
from ganzoo.contracts import Event, Moment, Observer, Plan, RunStart, Tick
from ganzoo.errors import Interrupted
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.journal import Journal
from ganzoo.runs.logs import read_lines

pytestmark = pytest.mark.usefixtures("no_report")

OPTIONS = {
    "training.precision": "fp32",
    "training.batch_size": 8,
    "data.image_size": 16,
    "samples.count": 4,
    "samples.every_kimg": 0.04,
    "checkpoints.every_kimg": 0.032,
    "logging.tick_steps": 3,
    "discriminator.dropout": 0.1,
    "data.horizontal_flip": True,
    "evaluation.metrics": {},
    "evaluation.memorising": False,
}


def train(
    photos: Path,
    out: Path,
    *,
    steps: int = 12,
    observers: tuple[Observer, ...] = (),
    metric: str = "ssim:pairs=4",
    **more: object,
) -> ganzoo.Run:
    torch.set_num_threads(1)
    return ganzoo.run(
        "dcgan",
        preset="try",
        data=photos,
        balance=["d-skip:threshold=0.6,smoothing=0.5", "lr-skew:ratio=0.5"],
        settings={**OPTIONS, **more},
        metrics=[metric],
        steps=steps,
        out=out,
        observers=observers,
    )


def weights(run: Path) -> dict[str, str]:
    """sha256 of every network of the last checkpoint."""
    last = run / "checkpoints" / (run / "checkpoints" / "latest").read_text()
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(last.glob("*.safetensors"))}


def numbers(run: Path) -> list[dict[str, object]]:
    """metrics.jsonl without the wall clock."""
    return [{k: v for k, v in line.items() if k != "images_per_s"} for line in read_lines(run / "metrics.jsonl")]


@pytest.fixture(scope="module")
def finished(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of twelve steps; the only one here whose pictures are drawn."""
    return train(photos, tmp_path_factory.mktemp("runs") / "finished").path


def test_a_run_leaves_everything_people_look_at(finished: Path) -> None:
    for name in (
        "config.toml",
        "environment.json",
        "metrics.jsonl",
        "events.jsonl",
        "training.gif",
        "curves.png",
    ):
        assert (finished / name).stat().st_size > 0, name
    steps = [path.stem for path in sorted((finished / "samples").glob("*.png"))]
    assert steps == ["step-00000000", "step-00000005", "step-00000010", "step-00000012"]
    kinds = {event["kind"] for event in read_lines(finished / "events.jsonl")}
    assert {"note", "configured", "checkpoint", "evaluation", "end"} <= kinds


def test_the_same_seed_twice_gives_identical_checkpoints(photos: Path, finished: Path, tmp_path: Path) -> None:
    again = train(photos, tmp_path / "again").path
    assert weights(again) == weights(finished)
    assert numbers(again) == numbers(finished)


def test_its_config_repeats_the_run(finished: Path, tmp_path: Path) -> None:
    again = ganzoo.run(config=finished / "config.toml", out=tmp_path / "again")
    assert weights(again.path) == weights(finished)
    assert (again.path / "config.toml").read_text() == (finished / "config.toml").read_text()


class StopAt(Observer):
    """Sends a signal at a tick, as a user would."""

    def __init__(self, step: int, number: int) -> None:
        self.step = step
        self.number = number

    def tick(self, tick: Tick) -> None:
        if tick.step == self.step:
            os.kill(os.getpid(), self.number)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_one_signal_saves_and_the_resumed_run_ends_where_the_uninterrupted_one_does(
    photos: Path, finished: Path, tmp_path: Path, number: int, code: int
) -> None:
    out = tmp_path / "stopped"
    with pytest.raises(Interrupted) as stopped:
        train(photos, out, observers=(StopAt(6, number),))
    assert stopped.value.exit_code == code
    assert "ganzoo resume" in stopped.value.hint
    assert (out / "checkpoints" / "latest").read_text() == "step-00000006"
    moved = out.rename(tmp_path / "moved")
    ganzoo.resume(moved)
    assert weights(moved) == weights(finished)
    assert numbers(moved) == numbers(finished)


def test_killed_half_way_and_resumed_it_ends_with_identical_weights(
    photos: Path, finished: Path, tmp_path: Path
) -> None:
    out = tmp_path / "killed"
    script = f"""
import os, signal, sys
sys.path[:0] = {[str(Path(__file__).parent)]!r}
from pathlib import Path
from ganzoo.contracts import Observer
import test_loop
class Kill(Observer):
    def tick(self, tick):
        if tick.step == 9:
            os.kill(os.getpid(), signal.SIGKILL)
test_loop.train(Path({str(photos)!r}), Path({str(out)!r}), observers=(Kill(),))
"""
    killed = subprocess.run([sys.executable, "-c", script], env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (out / "checkpoints" / "latest").read_text() == "step-00000008"
    ganzoo.resume(out)
    assert weights(out) == weights(finished)
    assert numbers(out) == numbers(finished)


@pytest.mark.parametrize("step", [0, 3])
def test_killed_before_the_second_checkpoint_it_begins_again_exactly(
    photos: Path, finished: Path, tmp_path: Path, step: int
) -> None:
    out = tmp_path / "killed"

    class Dies(Observer):
        def images(self, at: int, path: Path) -> None:
            if step == 0:
                raise KeyboardInterrupt

        def tick(self, tick: Tick) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(photos, out, observers=(Dies(),))
    assert (out / "checkpoints" / "latest").exists() == (step > 0)
    ganzoo.resume(out)
    assert weights(out) == weights(finished)
    assert numbers(out) == numbers(finished)
    kinds = [event["kind"] for event in read_lines(out / "events.jsonl")]
    assert kinds.count("configured") == 1, "events doubled"


def test_two_observers_that_fail_together_do_not_end_the_training(photos: Path, finished: Path, tmp_path: Path) -> None:
    class Raises(Observer):
        def event(self, event: Event) -> None:
            raise RuntimeError("full")

    run = train(photos, tmp_path / "run", observers=(Raises(), Raises()))
    assert weights(run.path) == weights(finished)


def test_a_full_disk_ends_the_run_with_one_message_and_the_last_checkpoint_stands(
    photos: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ganzoo.training import checkpoints

    saved = checkpoints.write_synced

    def full(path: Path, content: bytes | str) -> None:
        if "step-00000008" in str(path):
            raise OSError(28, "No space left on device")
        saved(path, content)

    out = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "write_synced", full)
        with pytest.raises(ganzoo.TrainingError, match="No space left") as error:
            train(photos, out)
    assert "ganzoo resume" in error.value.hint
    ganzoo.resume(out)
    assert weights(out) == weights(finished)


def test_a_mistake_in_a_strategys_code_keeps_its_traceback_and_the_run_goes_on_once_it_is_mended(
    photos: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ganzoo_balance.d_skip import DiscriminatorSkip

    def mistaken(strategy: DiscriminatorSkip, moment: Moment) -> Plan | None:
        return plan(strategy, moment) if moment.step < 9 else {}["limit"]

    plan, out = DiscriminatorSkip.plan, tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(DiscriminatorSkip, "plan", mistaken)
        with pytest.raises(KeyError) as error:
            train(photos, out)
    assert error.traceback[-1].name == "mistaken"
    assert any("ganzoo resume" in note for note in error.value.__notes__)
    ganzoo.resume(out)
    assert weights(out) == weights(finished)


def test_a_longer_run_goes_on_as_if_it_had_been_planned(photos: Path, finished: Path, tmp_path: Path) -> None:
    short = train(photos, tmp_path / "short", steps=7).path
    longer = ganzoo.resume(short, steps=12)
    assert weights(longer.path) == weights(finished)
    assert numbers(longer.path) == numbers(finished)
    assert "steps = 12" in (short / "config.toml").read_text()


def test_going_on_with_a_run_that_has_its_length_says_that_nothing_is_left(photos: Path, tmp_path: Path) -> None:
    run = train(photos, tmp_path / "run", steps=3)
    ganzoo.resume(run.path, steps=2)
    assert numbers(run.path)[-1]["step"] == 3
    said = [json.loads(line)["message"] for line in (run.path / "events.jsonl").read_text().splitlines()]
    assert any(message.startswith("nothing is left to train") for message in said)


def test_resuming_a_run_whose_images_changed_is_refused(photos: Path, tmp_path: Path) -> None:
    import shutil

    copied = Path(shutil.copytree(photos, tmp_path / "photos"))
    run = train(copied, tmp_path / "run", steps=2)
    (copied / "00.png").unlink()
    with pytest.raises(ganzoo.UsageError, match="are not those the run was started with"):
        ganzoo.resume(run.path, steps=4)


def test_an_observer_that_raises_again_and_again_is_dropped_and_training_goes_on(
    photos: Path, finished: Path, tmp_path: Path
) -> None:
    class Raises(Observer):
        def tick(self, tick: Tick) -> None:
            raise RuntimeError("my plot broke")

    run = train(photos, tmp_path / "run", observers=(Raises(),))
    assert weights(run.path) == weights(finished)
    faults = [event for event in read_lines(run.path / "events.jsonl") if event["kind"] == "fault"]
    assert [fault["step"] for fault in faults] == [3, 6, 9], "after three it is told nothing more"
    assert faults[0]["message"] == "Raises.tick failed: RuntimeError: my plot broke"
    assert faults[-1]["message"].endswith("it is left out from now on")


def test_observers_hear_what_is_written_down(photos: Path, tmp_path: Path) -> None:
    class Listens(Observer):
        def __init__(self) -> None:
            self.heard: list[str] = []

        def tick(self, tick: Tick) -> None:
            self.heard.append(f"tick {tick.step}")

        def event(self, event: Event) -> None:
            self.heard.append(event.kind)

        def end(self, status: str) -> None:
            self.heard.append(status)

    listener = Listens()
    run = train(photos, tmp_path / "run", steps=3, observers=(listener,))
    assert [line for line in listener.heard if line.startswith("tick")] == ["tick 3"]
    written = [event["kind"] for event in read_lines(run.path / "events.jsonl")]
    assert [kind for kind in listener.heard if kind in written] == [kind for kind in written if kind != "end"]
    assert listener.heard[-1] == "finished"


@pytest.mark.parametrize("fork", [None, "fork"])
def test_observers_of_a_run_that_goes_on_or_is_forked_hear_of_its_start_first(
    photos: Path, tmp_path: Path, fork: str | None
) -> None:
    class OpensAtStart(Observer):
        """As those do that pass a run on to another tool: there is nothing to log to before the start."""

        heard: list[str]

        def start(self, start: RunStart) -> None:
            self.heard = [f"start at {start.step}"]

        def event(self, event: Event) -> None:
            self.heard.append(event.message)

    old = train(photos, tmp_path / "run", steps=2).path
    observer = OpensAtStart()
    run = ganzoo.resume(old, steps=3, fork=tmp_path / fork if fork else None, observers=[observer]).path
    events = list(read_lines(run / "events.jsonl"))
    assert not [event for event in events if event["kind"] == "fault"]
    begin = next(number for number, event in enumerate(events) if event["kind"] == "resumed") - 1
    assert observer.heard == ["start at 2", *(event["message"] for event in events[begin:-1])]


def test_a_start_that_fails_is_told_to_the_other_observers_after_their_own(tmp_path: Path) -> None:
    heard: list[str] = []

    class Fails(Observer):
        def start(self, start: RunStart) -> None:
            raise RuntimeError("no network")

    class Listens(Observer):
        def start(self, start: RunStart) -> None:
            heard.append("start")

        def event(self, event: Event) -> None:
            heard.append(event.message)

    journal = Journal(RunDirectory(tmp_path), [Fails(), Listens()])
    journal.event(Event("resumed", 2, "goes on"))
    journal.start(RunStart(tmp_path, "a run", {}, (), 2, 16, 80))
    assert heard == ["start", "goes on", "Fails.start failed: RuntimeError: no network"]
    assert [event["message"] for event in read_lines(tmp_path / "events.jsonl")] == heard[1:]


def test_a_finished_run_can_be_sampled_scored_and_loaded(finished: Path) -> None:
    run = ganzoo.Run(finished)
    images = run.sample(5, seed=3)
    assert images.shape == (5, 3, 16, 16)
    assert images.dtype == torch.uint8
    assert torch.equal(images, ganzoo.sample(finished, 5, seed=3))
    assert not torch.equal(images, run.sample(5, seed=4))
    assert torch.equal(run.sample(70)[:5], run.sample(5)), "an image depends on its own latent alone"
    assert set(run.scores) == {"ssim"}
    evaluation = ganzoo.evaluate(finished, images=run_images(finished))
    assert evaluation.scores["ssim"] == pytest.approx(run.scores["ssim"], abs=1e-6)
    generator = ganzoo.load_generator(finished)
    assert not generator.training
    with torch.no_grad():
        assert generator(torch.zeros(2, generator.latent_dim)).shape == (2, 3, 16, 16)


def run_images(run: Path) -> int:
    import tomllib

    return int(tomllib.loads((run / "config.toml").read_text())["evaluation"]["images"])


def test_the_environment_says_what_the_run_was_made_with(finished: Path) -> None:
    facts = json.loads((finished / "environment.json").read_text())
    assert facts["data"]["images"] == 40
    assert facts["libraries"]["torch"] == torch.__version__.split("+")[0]
    assert any(plugin["name"] == "dcgan" for plugin in facts["plugins"])
