"""Runs that go wrong and go back: to which checkpoint, how often, and that a resumed run goes the same way."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from test_loop import StopAt, numbers, train, weights
from test_stopping import Scripted

import ganzoo
from ganzoo.config.models import TrainingSection
from ganzoo.contracts import Event, Moment, Observer, Tick
from ganzoo.errors import Interrupted
from ganzoo.health.doctor import Doctor, Verdict
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.logs import read_lines
from ganzoo.training.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from ganzoo.training.player import Player
from ganzoo.training.rollback import Rollbacks, load_good
from ganzoo.training.step import AdversarialStep
from ganzoo.training.turn import Turn

pytestmark = pytest.mark.usefixtures("no_report")

IN_A_ROW = 2


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int, float], bool]], None]:
    """`poisoned(lambda step, rate: ...)`: gradients are NaN in those steps at those rates."""
    play, gradients, now = AdversarialStep.__call__, Player.gradients, {"poison": False}
    monkeypatch.setattr("ganzoo.training.loop.FAULTS_IN_A_ROW", IN_A_ROW)

    def poison(when: Callable[[int, float], bool]) -> None:
        def called(step: AdversarialStep, moment: Moment) -> Turn:
            now["poison"] = when(moment.step, step.rate)
            return play(step, moment)

        def spoiled(player: Player, *args: object, **options: object) -> list[torch.Tensor]:
            found = gradients(player, *args, **options)
            return [gradient * torch.nan for gradient in found] if now["poison"] else found

        monkeypatch.setattr(AdversarialStep, "__call__", called)
        monkeypatch.setattr(Player, "gradients", spoiled)

    return poison


def events(run: Path, kind: str) -> list[dict[str, object]]:
    return [event for event in read_lines(run / "events.jsonl") if event["kind"] == kind]


def test_one_update_that_is_not_finite_is_left_out_and_nothing_else_happens(
    photos: Path, tmp_path: Path, poisoned: Callable[..., None]
) -> None:
    poisoned(lambda step, _: step == 6)
    run = train(photos, tmp_path / "run")
    assert {fault["step"] for fault in events(run.path, "fault")} == {7}
    assert events(run.path, "rollback") == []


def test_updates_that_are_not_finite_send_the_run_back_with_lower_rates_and_it_ends_well(
    photos: Path, tmp_path: Path, poisoned: Callable[..., None]
) -> None:
    poisoned(lambda step, rate: step >= 6 and rate == 1.0)
    run = train(photos, tmp_path / "run")
    (back,) = events(run.path, "rollback")
    assert back["data"] == {"from": 8, "to": 4, "attempt": 1, "rate": 0.5}
    lines = numbers(run.path)
    assert [line["step"] for line in lines] == [3, 6, 9, 12], "cut back, and written again once"
    rates = [line["values"]["learning_rate_generator"] for line in lines]
    assert rates[-1] == pytest.approx(rates[0] / 2)
    spent = load_checkpoint(run.path / "checkpoints" / "step-00000012").training["spent"]
    assert spent["images"] == 8 * (8 + 8), "both ways from step 4 took time"
    assert events(run.path, "end")[-1]["message"] == "finished"


class Looks(Observer):
    """Writes down which grids there are, at each tick and at what is first said after a resume."""

    def __init__(self, run: Path) -> None:
        self.run = RunDirectory(run)
        self.seen: list[tuple[int, list[int]]] = []

    def look(self, step: int) -> None:
        self.seen.append((step, [drawn for drawn, _ in self.run.grids()]))

    def tick(self, tick: Tick) -> None:
        self.look(tick.step)

    def event(self, event: Event) -> None:
        if event.kind == "resumed":
            self.look(event.step)


def test_grids_of_a_way_that_was_given_up_are_no_longer_there(
    photos: Path, tmp_path: Path, poisoned: Callable[..., None]
) -> None:
    poisoned(lambda step, rate: step >= 10 and rate == 1.0)
    looks = Looks(tmp_path / "run")
    run = train(photos, tmp_path / "run", observers=(looks,)).path
    assert [back["data"]["to"] for back in events(run, "rollback")] == [8]
    assert [seen for seen in looks.seen if seen[0] == 9] == [(9, [0, 5]), (9, [0, 5])], "before the return, and after"
    (run / "checkpoints" / "step-00000012" / "manifest.json").write_text("{")
    again = Looks(run)
    ganzoo.resume(run, observers=(again,))
    assert again.seen[0] == (8, [0, 5])
    assert [drawn for drawn, _ in RunDirectory(run).grids()] == [0, 5, 10, 12]


def test_a_run_that_begins_again_has_only_its_first_grid(photos: Path, tmp_path: Path) -> None:
    run = train(photos, tmp_path / "run", steps=6).path
    shutil.rmtree(run / "checkpoints")
    (run / "checkpoints").mkdir()
    looks = Looks(run)
    ganzoo.resume(run, observers=(looks,))
    assert looks.seen[0] == (3, [0])


def interrupt(photos: Path, out: Path) -> None:
    with pytest.raises(Interrupted):
        train(photos, out, observers=(StopAt(9, 2),))


def kill_at(kind: str, count: int) -> Callable[[Path, Path], None]:
    """Leaves as a kill would, at the `count`-th event of a kind after the run went back."""

    class Dies(Observer):
        def __init__(self) -> None:
            self.left = -1

        def event(self, event: Event) -> None:
            if event.kind == "rollback":
                self.left = count
            if event.kind == kind and self.left >= 0:
                if self.left == 0:
                    raise KeyboardInterrupt
                self.left -= 1

    def run(photos: Path, out: Path) -> None:
        with pytest.raises(KeyboardInterrupt):
            train(photos, out, observers=(Dies(),))

    return run


@pytest.mark.parametrize(
    "stop",
    [
        pytest.param(interrupt, id="interrupted on the second way"),
        pytest.param(kill_at("rollback", 0), id="killed before it is written down"),
        pytest.param(kill_at("checkpoint", 0), id="killed before the log is cut back"),
        pytest.param(kill_at("checkpoint", 1), id="killed on the second way"),
    ],
)
def test_stopped_around_a_return_and_resumed_it_ends_where_the_uninterrupted_run_does(
    photos: Path, tmp_path: Path, poisoned: Callable[..., None], stop: Callable[[Path, Path], None]
) -> None:
    poisoned(lambda step, rate: step >= 6 and rate == 1.0)
    whole = train(photos, tmp_path / "whole").path
    stop(photos, tmp_path / "parts")
    ganzoo.resume(tmp_path / "parts")
    assert weights(tmp_path / "parts") == weights(whole)
    assert numbers(tmp_path / "parts") == numbers(whole)


def test_resumed_with_a_damaged_last_checkpoint_the_log_holds_each_step_once(
    photos: Path, tmp_path: Path, poisoned: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"evaluation.every_kimg": 0.048, "evaluation.budget": "none", "training.retries": 9}
    monkeypatch.setattr("ganzoo.training.session.build_evaluator", lambda *_: Scripted([5.0, 9.0]))
    poisoned(lambda step, rate: step >= 7 and rate > 0.3)
    run = train(photos, tmp_path / "run", metric="kd", **settings).path
    assert [back["data"]["to"] for back in events(run, "rollback")] == [6, 4], "to the best, and then further back"
    log, before = run / "metrics.jsonl", (run / "metrics.jsonl").read_text()
    lengthened = before.replace('"step":3,', '"step":3,"more":"than the best one counted",', 1)
    log.write_text(lengthened)
    for step in (8, 12):
        (run / "checkpoints" / f"step-{step:08d}" / "manifest.json").write_text("{")
    ganzoo.resume(run)
    assert any("step-00000012" in str(fault["message"]) for fault in events(run, "fault"))
    assert log.read_text().splitlines()[0] == lengthened.splitlines()[0]
    assert [line["step"] for line in numbers(run)] == [3, 6, 9, 12], "each once, and none cut in the middle"


def test_a_signal_at_a_step_that_is_not_saved_does_not_say_that_everything_is(
    photos: Path, tmp_path: Path, poisoned: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class StopsOnTheThirdWay(Observer):
        ways = 1

        def event(self, event: Event) -> None:
            self.ways += event.kind == "rollback"

        def tick(self, tick: Tick) -> None:
            if self.ways == 3 and tick.step == 6:
                os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("ganzoo.training.session.build_evaluator", lambda *_: Scripted([5.0, 9.0]))
    poisoned(lambda step, rate: step >= 7 and rate > 0.3)
    settings = {"evaluation.every_kimg": 0.048, "evaluation.budget": "none"}
    with pytest.raises(Interrupted, match="after step 6, which is not saved: the best checkpoint") as stopped:
        train(photos, tmp_path / "run", metric="kd", observers=(StopsOnTheThirdWay(),), **settings)
    assert "the checkpoint before it" in stopped.value.hint
    assert (tmp_path / "run" / "checkpoints" / "latest").read_text() == "step-00000004"


def test_an_interruption_before_the_fault_does_not_change_where_the_run_goes_back_to(
    photos: Path, tmp_path: Path, poisoned: Callable[..., None]
) -> None:
    poisoned(lambda step, rate: step >= 7 and rate == 1.0)
    whole = train(photos, tmp_path / "whole").path
    with pytest.raises(Interrupted):
        train(photos, tmp_path / "parts", observers=(StopAt(6, 2),))  # saved at 6, which is no planned place
    ganzoo.resume(tmp_path / "parts")
    assert events(tmp_path / "parts", "rollback")[0]["data"]["to"] == 4
    assert weights(tmp_path / "parts") == weights(whole)


def test_where_going_back_does_not_help_the_run_ends_after_so_many_tries_and_says_so(
    photos: Path, tmp_path: Path, poisoned: Callable[..., None]
) -> None:
    poisoned(lambda step, _: step >= 6)
    with pytest.raises(ganzoo.TrainingError, match="not finite, after 2 returns") as error:
        train(photos, tmp_path / "run", **{"training.retries": 2, "training.rollback.rate": 0.1})
    assert error.value.exit_code == 1
    assert [back["data"]["to"] for back in events(tmp_path / "run", "rollback")] == [4, 0], "further back again"
    assert events(tmp_path / "run", "rollback")[-1]["data"]["rate"] == pytest.approx(0.01)
    assert events(tmp_path / "run", "end")[-1]["message"] == "failed"


def test_without_retries_it_ends_at_once_and_the_last_checkpoint_stands(
    photos: Path, tmp_path: Path, poisoned: Callable[..., None]
) -> None:
    poisoned(lambda step, _: step >= 6)
    with pytest.raises(ganzoo.TrainingError, match=r"not finite\nthe last"):
        train(photos, tmp_path / "run", **{"training.retries": 0})
    assert ganzoo.Run(tmp_path / "run").sample(2).shape == (2, 3, 16, 16)


@contextmanager
def collapsing(at: int, since: int) -> Iterator[None]:
    """The doctor says mode collapse whenever step `at` is judged."""

    def judge(doctor: Doctor, step: int, values: object) -> Verdict | None:
        if step != at:
            return None
        doctor.verdict = Verdict("mode collapse", since)
        return doctor.verdict

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Doctor, "judge", judge)
        yield


def test_a_verdict_sends_the_run_back_before_the_ailment_as_often_as_it_is_allowed_to(
    photos: Path, tmp_path: Path
) -> None:
    settings = {"training.rollback.on": ["mode-collapse"], "training.rollback.at_most": 2}
    with collapsing(at=9, since=6):
        run = train(photos, tmp_path / "run", **settings)
    assert [back["data"]["to"] for back in events(run.path, "rollback")] == [4, 4], "8 was ill already"
    assert [line["step"] for line in numbers(run.path)] == [3, 6, 9, 12]
    with collapsing(at=9, since=6):
        plain = train(photos, tmp_path / "plain")
    assert events(plain.path, "rollback") == [], "off unless it is asked for"
    assert weights(plain.path) != weights(run.path)


def training(**rollback: object) -> TrainingSection:
    return TrainingSection.model_validate({"steps": 10, "rollback": rollback})


@given(st.lists(st.integers(0, 50), unique=True), st.integers(0, 50), st.none() | st.integers(0, 50), st.integers(0, 5))
def test_the_way_back_from_a_verdict_is_to_the_best_or_a_landmark_older_than_it(
    marks: list[int], since: int, best: int | None, later: int
) -> None:
    now = since + later
    rollbacks = Rollbacks(training())
    for mark in sorted(marks):
        rollbacks.mark(mark)
    targets = list(rollbacks.targets(best, since, now))
    assert all(target < since for target in targets)
    assert set(targets) == {mark for mark in {*marks, best} if mark is not None and mark < since}
    if best is not None and best < since:
        assert targets[0] == best


def test_a_best_that_lies_ahead_of_the_run_is_no_way_back_from_a_fault() -> None:
    rollbacks = Rollbacks(training())
    rollbacks.mark(4)
    assert list(rollbacks.targets(best=6, before=None, now=8)) == [6, 4]
    assert list(rollbacks.targets(best=8, before=None, now=8)) == [4], "of an earlier attempt that came further"
    assert list(rollbacks.targets(best=12, before=None, now=8)) == [4]


def test_a_best_of_a_stretch_that_was_ill_is_not_gone_back_to() -> None:
    rollbacks = Rollbacks(training())
    rollbacks.went_back(4, ill_since=6)
    assert rollbacks.was_ill(7, attempt=0)
    assert not rollbacks.was_ill(5, attempt=0)
    assert not rollbacks.was_ill(7, attempt=1)
    later = Rollbacks(training())
    later.load_state_dict(json.loads(json.dumps(rollbacks.state_dict())))
    assert later.was_ill(7, attempt=0)


def test_a_second_fault_goes_further_back_and_where_nothing_is_older_to_the_same_place() -> None:
    rollbacks = Rollbacks(training())
    rollbacks.mark(0)
    assert list(rollbacks.targets(None, None, 9)) == [0]
    rollbacks.went_back(0, ill_since=None)
    assert list(rollbacks.targets(None, None, 9)) == [0]
    rollbacks.mark(8)
    rollbacks.went_back(8, ill_since=None)
    assert list(rollbacks.targets(None, None, 9)) == [0, 8]


def test_each_attempt_draws_otherwise_and_an_attempt_is_the_same_after_a_checkpoint() -> None:
    first = AdversarialStep(*[None] * 7, seed=3, reuse_fakes=True)  # type: ignore[arg-type]  # no part is asked
    rollbacks, later = Rollbacks(training(rate=0.5)), Rollbacks(training(rate=0.5))
    assert rollbacks.step(first) is first
    seeds = {first.seed}
    for _ in range(3):
        rollbacks.mark(0)
        rollbacks.went_back(0, ill_since=1)
        later.load_state_dict(rollbacks.state_dict())
        assert later.step(first) == rollbacks.step(first)
        seeds.add(rollbacks.step(first).seed)
    assert len(seeds) == 4
    assert rollbacks.step(first).rate == 0.125


def test_a_checkpoint_that_is_damaged_gone_or_not_finite_is_no_place_to_go_back_to(tmp_path: Path) -> None:
    for step, value in ((1, 1.0), (2, 1.0), (3, torch.nan)):
        save_checkpoint(tmp_path, step, Checkpoint({"generator": {"weight": torch.full((2,), value)}}, {}), keep_last=9)
    (tmp_path / "step-00000002" / "generator.safetensors").write_bytes(b"")
    expected = {"generator": {"weight": torch.zeros(2)}}
    found = load_good(tmp_path, iter([4, 3, 2, 1]), expected)
    assert found is not None
    assert found[0] == 1
    assert load_good(tmp_path, iter([4, 3, 2]), expected) is None


def test_a_verdict_that_also_ends_runs_ends_one_only_when_it_may_not_go_back_any_more(
    photos: Path, tmp_path: Path
) -> None:
    settings = {
        "training.rollback.on": ["mode-collapse"],
        "training.rollback.at_most": 1,
        "training.stop_when": ["mode-collapse"],
    }
    with collapsing(at=9, since=6):
        run = train(photos, tmp_path / "run", **settings)
    assert len(events(run.path, "rollback")) == 1
    (stopped,) = events(run.path, "stopped")
    assert stopped["step"] == 9
    assert events(run.path, "evaluation"), "scored at its end"


def test_what_comes_after_going_back_is_evaluated_again(photos: Path, tmp_path: Path) -> None:
    settings = {
        "training.rollback.on": ["mode-collapse"],
        "training.rollback.at_most": 1,
        "evaluation.every_kimg": 0.048,
        "evaluation.budget": "none",
    }
    with collapsing(at=9, since=6):
        run = train(photos, tmp_path / "run", **settings)
    assert [event["step"] for event in events(run.path, "evaluation")] == [6, 6, 12]
