"""Runs that end before their length: on a score, on a verdict; and which checkpoint was the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from test_loop import StopAt, numbers, train, weights

import ganzoo
from ganzoo.errors import Interrupted
from ganzoo.evaluation.result import Evaluation
from ganzoo.health.doctor import Doctor, Verdict
from ganzoo.runs.logs import read_lines
from ganzoo.training.best import Best
from ganzoo.training.stopping import Stopping

pytestmark = pytest.mark.usefixtures("no_report")

EVERY_STEP_OR_TWO = {"evaluation.every_kimg": 0.016, "evaluation.budget": "none"}


def found(score: float, *, lower: bool | None = True, name: str = "kd-x") -> Evaluation:
    return Evaluation({name: score}, {name: lower}, {}, 0.0)


class Scripted:
    """An evaluator that gives scores from a list, by how many real evaluations came before in this process."""

    def __init__(self, scores: Sequence[float]) -> None:
        self.scores = list(scores)
        self.sizes: list[int] = []
        self.rehearsals = 0
        self.images = 2048

    def prepare(self) -> None: ...

    def rehearse(self, draw: object) -> float:
        self.rehearsals += 1
        return 0.0

    def of(self, images: int) -> Scripted:
        self.images = images
        return self

    def __call__(self, draw: object, stamp: object, *more: object) -> Evaluation:
        self.sizes.append(self.images)
        return found(self.scores[min(len(self.sizes), len(self.scores)) - 1])


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scripted]:
    def make(*scores: float) -> Scripted:
        evaluator = Scripted(scores)
        monkeypatch.setattr("ganzoo.training.session.build_evaluator", lambda *_: evaluator)
        return evaluator

    return make


def events(run: Path, kind: str) -> list[dict[str, object]]:
    return [event for event in read_lines(run / "events.jsonl") if event["kind"] == kind]


def test_a_score_that_does_not_improve_ends_the_run_cleanly_saved_and_scored(
    photos: Path, tmp_path: Path, scripted: Callable[..., Scripted]
) -> None:
    scripted(5.0, 4.0, 4.5, 4.2, 9.0)
    run = train(photos, tmp_path / "run", metric="kd", **EVERY_STEP_OR_TWO, **{"training.stop_when": "kd:patience=2"})
    (stopped,) = events(run.path, "stopped")
    assert stopped["step"] == 8
    assert stopped["message"] == "kd-x has not improved for 2 evaluations; it was best at step 4, 4"
    assert [event["step"] for event in events(run.path, "evaluation")] == [2, 4, 6, 8]
    assert (run.path / "checkpoints" / "latest").read_text() == "step-00000008"
    assert (run.path / "checkpoints" / "best").read_text() == "step-00000004"
    assert events(run.path, "end")[-1]["message"] == "finished"
    assert (run.path / "samples" / "step-00000008.png").exists()


def test_a_run_of_its_full_length_was_not_stopped_whatever_its_last_score(
    photos: Path, tmp_path: Path, scripted: Callable[..., Scripted]
) -> None:
    scripted(4.0, 5.0, 6.0)
    settings = {**EVERY_STEP_OR_TWO, "training.stop_when": "kd:patience=2"}
    run = train(photos, tmp_path / "run", metric="kd", steps=5, **settings)
    assert [event["step"] for event in events(run.path, "evaluation")] == [2, 4, 5]
    assert events(run.path, "stopped") == []


def test_a_stopped_run_stays_stopped_unless_it_is_made_longer(
    photos: Path, tmp_path: Path, scripted: Callable[..., Scripted]
) -> None:
    scripted(5.0, 4.0)
    run = train(photos, tmp_path / "run", metric="kd", **EVERY_STEP_OR_TWO, **{"training.stop_when": "kd:reaches=4.5"})
    assert events(run.path, "stopped")[0]["message"] == "kd-x is 4, and reaches 4.5"
    ganzoo.resume(run.path)
    assert numbers(run.path)[-1]["step"] == 4
    scripted(7.0)
    ganzoo.resume(run.path, steps=10)
    assert numbers(run.path)[-1]["step"] == 10
    assert (run.path / "checkpoints" / "best").read_text() == "step-00000004", "7 is no better than 4"


@pytest.mark.parametrize(("budget", "rehearsals"), [("none", 0), (0.5, 1)])
def test_an_evaluation_is_rehearsed_where_there_is_a_share_to_stay_under(
    photos: Path, tmp_path: Path, scripted: Callable[..., Scripted], budget: object, rehearsals: int
) -> None:
    evaluator = scripted(5.0)
    train(photos, tmp_path / "run", metric="kd", steps=4, **{**EVERY_STEP_OR_TWO, "evaluation.budget": budget})
    assert evaluator.rehearsals == rehearsals


def test_a_verdict_that_stands_ends_the_run(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(doctor: Doctor, step: int, values: object) -> Verdict | None:
        if step != 6:
            return None
        doctor.verdict = Verdict("mode collapse", step)
        return doctor.verdict

    monkeypatch.setattr(Doctor, "judge", judge)
    condition = {"training.stop_when": "mode-collapse:patience_kimg=0.02"}
    run = train(photos, tmp_path / "run", **condition)
    (stopped,) = events(run.path, "stopped")
    assert stopped["step"] == 9, "6 steps of 8 images and 24 images more"
    assert "the doctor says mode collapse" in str(stopped["message"])


def test_a_verdict_that_goes_away_is_waited_for_anew() -> None:
    stopping = Stopping(["mode-collapse:patience_kimg=2"])
    for kimg, verdict in ((1, "mode collapse"), (2, "mode collapse"), (3, "healthy"), (4, "mode collapse")):
        stopping.judged(verdict, kimg)
    assert stopping.reason == ""
    stopping.judged("mode collapse", 6)
    assert stopping.reason


def test_patience_survives_a_checkpoint() -> None:
    first, second = Stopping(["kd:patience=2"]), Stopping(["kd:patience=2"])
    first.scored(found(1.0), 1)
    first.scored(found(2.0), 2)
    second.load_state_dict(first.state_dict())
    assert second.reason == ""
    second.scored(found(2.0), 3)
    assert "has not improved for 2 evaluations; it was best at step 1, 1" in second.reason


def test_a_score_of_which_more_is_better_improves_upwards() -> None:
    stopping, best = Stopping(["kd:patience=2,reaches=0.9"]), Best(None)
    for step, score in enumerate((0.1, 0.2, 0.3), 1):
        stopping.scored(found(score, lower=False), step)
        assert best.take(found(score, lower=False), 100, step, 0)
    assert stopping.reason == ""
    stopping.scored(found(0.95, lower=False), 4)
    assert stopping.reason == "kd-x is 0.95, and reaches 0.9"


def test_the_best_is_chosen_by_the_score_that_was_named_and_among_equals_only() -> None:
    best = Best("fd")
    both = Evaluation({"kd-x": 1.0, "fd-x": 9.0}, {"kd-x": True, "fd-x": True}, {}, 0.0)
    assert best.take(both, 2048, 10, 0)
    assert (best.score, best.step) == (9.0, 10)
    assert not best.take(found(1.0), 2048, 20, 0), "another score"
    assert not best.take(found(9.5, name="fd-x"), 2048, 30, 0)
    assert best.take(found(20.0, name="fd-x"), 512, 40, 0), "of other sizes, no two compare"
    assert best.step == 40
    assert not Best(None).take(found(1.0, lower=None), 2048, 1, 0), "a figure to watch"


def test_interrupted_and_resumed_it_stops_where_the_uninterrupted_run_stops(
    photos: Path, tmp_path: Path, scripted: Callable[..., Scripted]
) -> None:
    settings = {**EVERY_STEP_OR_TWO, "training.stop_when": "kd:patience=2"}
    scripted(5.0, 4.0, 4.5, 4.2)
    whole = train(photos, tmp_path / "whole", metric="kd", **settings).path
    scripted(5.0, 4.0, 4.5, 4.2)
    with pytest.raises(Interrupted):
        train(photos, tmp_path / "parts", metric="kd", observers=(StopAt(6, 2),), **settings)
    scripted(4.2)
    ganzoo.resume(tmp_path / "parts")
    assert weights(tmp_path / "parts") == weights(whole)
    assert numbers(tmp_path / "parts") == numbers(whole)
    assert [event["message"] for event in events(tmp_path / "parts", "stopped")] == [
        event["message"] for event in events(whole, "stopped")
    ]


def test_where_evaluations_are_made_smaller_the_end_is_measured_at_both_sizes(
    photos: Path, tmp_path: Path, scripted: Callable[..., Scripted], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ganzoo.training.budget import EvaluationBudget

    def begin(budget: EvaluationBudget, *_: object) -> list[str]:
        budget.begun, budget.images = True, 1024
        return []

    monkeypatch.setattr(EvaluationBudget, "begin", begin)
    evaluator = scripted(6.0, 5.5, 5.8, 1.0)
    run = train(photos, tmp_path / "run", metric="kd", steps=5, **EVERY_STEP_OR_TWO, **{"evaluation.images": 2048})
    assert evaluator.sizes == [1024, 1024, 1024, 2048]
    assert (run.path / "checkpoints" / "best").read_text() == "step-00000004", "1.0 is of another size"
