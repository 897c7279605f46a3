"""A whole run in two processes: what it leaves, how it dies, how it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from processes import ended, failure, in_processes
from quick_endings import quick_endings
from safetensors.torch import load_file

import ganzoo
from ganzoo.contracts import Batch, Moment
from ganzoo.runs.logs import read_lines
from ganzoo.training.dealer import Dealer
from ganzoo.training.distributed import joined
from ganzoo.training.launching import MEETING
from ganzoo.training.loop import Training
from ganzoo.training.ranks import Ranks
from ganzoo.training.step import AdversarialStep

SETTINGS = {
    "training.precision": "fp32",
    "training.batch_size": 8,
    "samples.every_kimg": 0.05,
    "checkpoints.every_kimg": 0.04,
    "checkpoints.every_minutes": None,
    "logging.tick_steps": 3,
    "evaluation.every_kimg": 0.08,
    "evaluation.images": 100,
    "evaluation.budget": None,
}
STEPS = 20


def begin(out: Path, **more: object) -> None:
    ganzoo.run(
        "mlp",
        data="ring8",
        balance=["d-skip:threshold=0.7", "replay:size=24"],
        metrics=["distance"],
        steps=STEPS,
        settings={**SETTINGS, **more},
        out=out,
    )


def last_checkpoint(run: Path) -> Path:
    return run / "checkpoints" / (run / "checkpoints" / "latest").read_text()


def bits(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(last_checkpoint(run).glob("*.safetensors"))}


def scores(run: Path) -> list[object]:
    return [event["data"]["scores"] for event in read_lines(run / "events.jsonl") if event["kind"] == "evaluation"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two processes."""
    folder = tmp_path_factory.mktemp("two")
    in_processes(2, folder / "processes", lambda _: begin(folder / "run"))
    return folder / "run"


@pytest.fixture(scope="module", autouse=True)
def no_pictures() -> Iterator[None]:
    """Of runs in processes that are forked from this one, too."""
    with quick_endings():
        yield


def test_two_processes_leave_the_run_that_one_leaves(finished: Path, tmp_path: Path) -> None:
    """But for `replay`, whose memory is each process's own, and for rounding."""
    torch.set_num_threads(1)
    begin(tmp_path / "one")
    names = lambda run: sorted(path.name for folder in (run, run / "samples") for path in folder.iterdir())  # noqa: E731
    assert names(finished) == names(tmp_path / "one")
    kinds = lambda run: [(line["kind"], line["step"]) for line in read_lines(run / "events.jsonl")]  # noqa: E731
    of_two = [(kind, step) for kind, step in kinds(finished) if kind not in ("decision", "verdict")]
    assert of_two == [(kind, step) for kind, step in kinds(tmp_path / "one") if kind not in ("decision", "verdict")]
    assert [line["step"] for line in read_lines(finished / "metrics.jsonl")] == [3, 6, 9, 12, 15, 18, 20]


def test_images_to_score_are_made_by_both(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    made: list[int] = []

    def counted(ranks: Ranks) -> int:
        from ganzoo.training import evaluating

        own_share = evaluating.own_share
        evaluating.own_share = lambda *given: made.append(len((share := own_share(*given)).images)) or share
        ganzoo.run(
            "mlp", data="ring8", metrics=["distance"], steps=4, settings={**SETTINGS, "evaluation.every_kimg": None},
            out=tmp_path / "run",
        )  # fmt: skip
        return made[0]

    assert in_processes(2, tmp_path / "processes", counted) == [64, 36]
    ganzoo.run(
        "mlp", data="ring8", metrics=["distance"], steps=4, settings={**SETTINGS, "evaluation.every_kimg": None},
        out=tmp_path / "alone",
    )  # fmt: skip
    (of_two,), (alone,) = scores(tmp_path / "run"), scores(tmp_path / "alone")
    assert of_two["distance"] == pytest.approx(alone["distance"], abs=1e-3)


def test_features_of_images_to_score_are_made_by_both_and_the_scores_are_one_processs(
    tmp_path: Path, photos: Path
) -> None:
    """130 images, twice: the second sample begins inside a batch, and inside a share."""
    settings = {
        **SETTINGS, "data.image_size": 16, "evaluation.images": 130, "evaluation.repeats": 2,
        "evaluation.every_kimg": None, "evaluation.memorising": False,
    }  # fmt: skip

    def counted(ranks: Ranks) -> list[int]:
        from ganzoo.evaluation.evaluator import Evaluator
        from ganzoo.evaluation.featured import FeaturedImages

        looked_at: list[int] = []
        compute, prepare = FeaturedImages._compute, Evaluator.prepare

        def computed(self: FeaturedImages, extractor: object) -> object:
            looked_at.append(len(self._images))
            return compute(self, extractor)

        def prepared(self: Evaluator) -> None:
            begun = list(looked_at)
            prepare(self)
            looked_at[:] = begun  # the reals are rank 0's

        FeaturedImages._compute, Evaluator.prepare = computed, prepared
        ganzoo.run("mlp", data=photos, metrics=["fd", "kd", "ssim"], steps=4, settings=settings, out=tmp_path / "run")
        FeaturedImages._compute, Evaluator.prepare = compute, prepare
        return looked_at

    assert in_processes(2, tmp_path / "processes", counted) == [[192], [68]], "and none while it is scored"
    (of_two,) = scores(tmp_path / "run")
    assert {"fd-efficientnet-lite0", "kd-efficientnet-lite0", "ssim"} <= of_two.keys()
    torch.set_num_threads(1)
    assert ganzoo.evaluate(tmp_path / "run").scores == pytest.approx(of_two, rel=1e-5)


def dies_at(step: int, rank: int) -> Callable[[Ranks], None]:
    """In that process SIGKILL comes in the middle of a run."""

    def patch(ranks: Ranks) -> None:
        play = AdversarialStep.play_in_turns

        def played(self: AdversarialStep, dealer: Dealer, turn: object) -> None:
            if dealer.moment.step == step and ranks.rank == rank:
                os.kill(os.getpid(), signal.SIGKILL)
            play(self, dealer, turn)

        AdversarialStep.play_in_turns = played

    return patch


@pytest.mark.parametrize("rank", [0, 1])
def test_a_process_that_is_killed_ends_the_other_and_the_run_goes_on_exactly(
    finished: Path, tmp_path: Path, rank: int
) -> None:
    run = tmp_path / "run"

    def killed(ranks: Ranks) -> None:
        dies_at(13, rank)(ranks)
        begin(run)

    started = time.monotonic()
    codes = ended(2, tmp_path / "first", killed)
    assert time.monotonic() - started < 60, "30 s for the other to notice, and what came before"
    assert codes[rank] == -signal.SIGKILL
    assert codes[1 - rank] == 1
    said = failure(tmp_path / "first", 1 - rank)
    assert "another process of this run is gone" in said
    assert f"ganzoo resume {run}" in said
    in_processes(2, tmp_path / "second", lambda _: ganzoo.resume(run) and None)
    assert bits(run) == bits(finished)
    assert scores(run) == scores(finished)


def test_one_process_goes_on_with_what_two_began_and_the_other_way_round(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    plain = {"settings": SETTINGS, "data": "ring8", "balance": ["r1", "d-skip:threshold=0.7"]}
    begun = lambda out: ganzoo.run("mlp", steps=10, out=out, **plain) and None  # noqa: E731
    begun(tmp_path / "one")
    in_processes(2, tmp_path / "first", lambda _: begun(tmp_path / "two"))
    ganzoo.resume(tmp_path / "two", steps=20)
    in_processes(2, tmp_path / "second", lambda _: ganzoo.resume(tmp_path / "one", steps=20) and None)
    ganzoo.run("mlp", steps=20, out=tmp_path / "whole", **plain)
    whole = load_file(last_checkpoint(tmp_path / "whole") / "generator.safetensors")
    for run in (tmp_path / "one", tmp_path / "two"):
        found = load_file(last_checkpoint(run) / "generator.safetensors")
        assert max(float((whole[name] - found[name]).abs().max()) for name in whole) < 1e-4, "float32, 20 steps of Adam"


def test_what_belongs_to_one_process_goes_to_the_next_where_there_are_fewer(finished: Path, tmp_path: Path) -> None:
    from ganzoo.training.checkpoints import load_checkpoint

    state = load_checkpoint(last_checkpoint(finished)).training
    (other,) = state["local"]
    own = state["balance"]["strategies"]["replay"]["kept"]["images"]
    assert other["replay"]["kept"]["images"].shape == own.shape == (24, 2, 1, 1)
    assert not torch.equal(other["replay"]["kept"]["images"], own)
    torch.set_num_threads(1)
    ganzoo.resume(finished, fork=tmp_path / "fork", steps=STEPS + 2)
    assert last_checkpoint(tmp_path / "fork").name == "step-00000022"


def test_a_signal_to_one_stops_both_with_everything_saved(tmp_path: Path) -> None:
    def stopped(ranks: Ranks) -> int:
        train = Training._after

        def after(self: Training, turn: object) -> Moment:
            if self.moment.step == 6 and ranks.rank == 1:
                os.kill(os.getpid(), signal.SIGTERM)
            return train(self, turn)

        Training._after = after
        with pytest.raises(ganzoo.Interrupted) as interrupted:
            begin(tmp_path / "run")
        return interrupted.value.exit_code

    assert in_processes(2, tmp_path / "processes", stopped) == [143, 143]
    assert last_checkpoint(tmp_path / "run").name == "step-00000010", "they ask one another every fifth step"


def test_both_stop_at_the_step_whose_score_says_so(tmp_path: Path) -> None:
    """Only rank 0 knows the score; both play the same number of steps, and neither waits for the other's next one."""

    def stopped(ranks: Ranks) -> list[int]:
        played: list[int] = []
        play = AdversarialStep.__call__

        def counted(self: AdversarialStep, moment: Moment) -> object:
            played.append(moment.step)
            return play(self, moment)

        AdversarialStep.__call__ = counted
        begin(tmp_path / "run", **{"training.stop_when": "distance:reaches=1000"})
        return played

    first, second = in_processes(2, tmp_path / "processes", stopped)
    assert first == second == list(range(10)), "the first evaluation comes after 80 images, ten batches of 8"
    (end,) = (event for event in read_lines(tmp_path / "run" / "events.jsonl") if event["kind"] == "end")
    assert end["step"] == 10
    assert last_checkpoint(tmp_path / "run").name == "step-00000010"


def test_both_go_back_together(tmp_path: Path) -> None:
    """Only the second process sees what is not finite; both stand at the same checkpoint again, with the same rates."""

    def diverges(ranks: Ranks) -> list[int]:
        stands: list[int] = []
        learn, go_back = AdversarialStep.update_discriminator, Training._go_back

        def learnt(self: AdversarialStep, dealer: Dealer, real: Batch, *others: Any) -> object:
            ill = ranks.rank == 1 and dealer.moment.step >= 12 and self.rate == 1.0
            real = replace(real, images=real.images * torch.nan) if ill else real
            return learn(self, dealer, real, *others)

        def gone_back(self: Training, why: str, verdict: object) -> bool:
            went = go_back(self, why, verdict)
            stands.extend([self.moment.step, int(self.step.rate * 100)])
            return went

        AdversarialStep.update_discriminator, Training._go_back = learnt, gone_back
        ganzoo.run("mlp", data="ring8", steps=36, settings=SETTINGS, metrics=["distance"], out=tmp_path / "run")
        return stands

    first, second = in_processes(2, tmp_path / "processes", diverges)
    assert first == second == [20, 50]
    assert last_checkpoint(tmp_path / "run").name == "step-00000036"


@pytest.mark.parametrize(
    ("given", "missing"),
    [({}, "RANK, MASTER_ADDR, MASTER_PORT"), ({"RANK": "0"}, "MASTER_ADDR, MASTER_PORT"), ({MEETING: "x"}, "RANK")],
)
def test_an_environment_that_says_only_half_of_it_is_an_error_that_names_the_other_half(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], missing: str
) -> None:
    for name in ("RANK", "MASTER_ADDR", "MASTER_PORT", MEETING):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"WORLD_SIZE": "2", **given}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ganzoo.UsageError, match=f"2 processes train together; not set: {missing}\n"), joined():
        pass


def test_a_run_that_cannot_begin_says_so_once(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").touch()
    assert ended(2, tmp_path / "processes", lambda _: begin(tmp_path / "run")) == [1, 1]
    assert "is not empty" in failure(tmp_path / "processes", 0)
    assert "process 0 of 2 could not begin" in failure(tmp_path / "processes", 1)


def test_under_torchrun_two_processes_train_one_run(tmp_path: Path) -> None:
    def alike(_: Ranks) -> None:
        ganzoo.run(
            "mlp", data="ring8", balance=["r1"], metrics=["distance"], steps=STEPS, settings=SETTINGS,
            out=tmp_path / "alike",
        )  # fmt: skip

    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "ganzoo"),
        *("run", "mlp", "--data", "ring8", "--steps", str(STEPS), "--balance", "r1", "--metric", "distance"),
        *("--out", str(tmp_path / "run")),
    ]
    for path, value in SETTINGS.items():
        command += ["--set", f"{path}={'none' if value is None else value}"]
    (cwd := tmp_path / "empty").mkdir()
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=180)
    assert process.returncode == 0, process.stderr
    assert list(cwd.iterdir()) == []
    assert [line["step"] for line in read_lines(tmp_path / "run" / "metrics.jsonl")] == [3, 6, 9, 12, 15, 18, 20]
    ends = [event["message"] for event in read_lines(tmp_path / "run" / "events.jsonl") if event["kind"] == "end"]
    assert ends == ["finished"], "rank 0 alone writes"
    in_processes(2, tmp_path / "processes", alike)
    assert bits(tmp_path / "run") == bits(tmp_path / "alike")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found by /proc")
def test_on_the_command_line_a_killed_process_ends_the_command_with_the_way_on(tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "ganzoo", "run", "mlp", "--data", "ring8", "--steps", "100000", "--processes", "2"),
        *("--out", "run", "--set", "logging.tick_steps=5", "--batch-size", "8", "--json"),
    ]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if '"images_per_s"' in line:  # a tick: both are training
                break
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[1]), signal.SIGKILL)
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 1, err
    assert "process 1 of 2 was killed by SIGKILL" in err
    assert "another process of this run is gone" in err
    assert "ganzoo resume" in err
    assert not [child for child in children if Path(f"/proc/{child}").exists()], "nobody stays behind"
