"""Standard errors, floors, notes and repeats, from the metric through the evaluator to what is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganzoo.config.models import EvaluationSection
from ganzoo.contracts.features import FeatureExtractor
from ganzoo.contracts.metric import Metric, Sample, Score
from ganzoo.errors import ContractError, UsageError
from ganzoo.evaluation import Evaluator, build_evaluator, format_score
from ganzoo.evaluation.repeats import mean_of
from ganzoo.evaluation.scorers import Scorer
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Store:
    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None = None
    fingerprint: str = "grey"
    name: str = "grey"


STORE = Store(np.full((8, 4, 4, 3), 128, dtype=np.uint8))


class Brightness(Metric):
    """Mean grey level; remembers the labels it was shown."""

    def __init__(self, *, score: Score | None = None) -> None:
        self.given = score
        self.labels: list[Tensor | None] = []

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        return {}

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, float | Score]:
        self.labels.append(generated.labels)
        return {"brightness": self.given or float(generated.images.float().mean())}


def draw(start: int, count: int) -> Tensor:
    """Image i has grey level i."""
    return (torch.arange(start, start + count) / 127.5 - 1)[:, None, None, None].expand(-1, 3, 4, 4)


def evaluator(metric: Metric, folder: Path, *, images: int = 10, repeats: int = 1) -> Evaluator:
    scorers = [Scorer("brightness", metric, None, needs_reals=False, settings={}, provider="tests 1")]
    return Evaluator(scorers, {}, STORE, images, CPU, folder, repeats)


def test_what_a_metric_says_of_its_score_reaches_the_event(tmp_path: Path) -> None:
    metric = Brightness(score=Score(1.2345678, standard_error=0.041, floor=0.5, note="only a test"))
    evaluation = evaluator(metric, tmp_path)(draw, {})
    data = json.loads(json.dumps(evaluation.as_dict(), allow_nan=False))
    assert data["scores"] == {"brightness": 1.2345678}
    assert data["standard_errors"] == {"brightness": 0.041}
    assert data["floors"] == {"brightness": 0.5}
    assert evaluation.shown() == {"brightness": "1.235 ± 0.041 (floor 0.5)"}
    assert evaluation.notes == ("only a test",)


def test_a_plain_number_is_a_score_without_more(tmp_path: Path) -> None:
    evaluation = evaluator(Brightness(), tmp_path)(draw, {})
    assert evaluation.standard_errors == evaluation.floors == {}
    assert evaluation.shown() == {"brightness": "4.5"}


def test_a_note_is_said_once(tmp_path: Path) -> None:
    evaluate = evaluator(Brightness(score=Score(1.0, note="only a test")), tmp_path)
    assert [evaluate(draw, {}).notes for _ in range(3)] == [("only a test",), (), ()]


@pytest.mark.parametrize(
    "score",
    [Score(1.0, standard_error=float("nan")), Score(1.0, floor=float("inf")), Score(float("nan"))],
    ids=["error", "floor", "value"],
)
def test_an_error_or_a_floor_that_is_no_number_is_the_metrics_fault(score: Score, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="a score is a finite number"):
        evaluator(Brightness(score=score), tmp_path)(draw, {})


def test_repeats_score_other_images_each_and_give_their_mean_and_its_error(tmp_path: Path) -> None:
    evaluation = evaluator(Brightness(), tmp_path, images=10, repeats=4)(draw, {})
    means = [4.5, 14.5, 24.5, 34.5]
    assert evaluation.scores["brightness"] == pytest.approx(np.mean(means))
    assert evaluation.standard_errors["brightness"] == pytest.approx(np.std(means, ddof=1) / 2)
    assert evaluation.protocol["repeats"] == 4
    assert evaluation.protocol["images_generated"] == 10


def test_a_mean_keeps_floor_and_note_and_one_round_is_left_as_it_is() -> None:
    rounds = [{"a": Score(1.0, 9.0, 0.5, "note")}, {"a": Score(3.0, 9.0, 0.5, "note")}]
    assert mean_of(rounds) == {"a": Score(2.0, 1.0, 0.5, "note")}
    assert mean_of(rounds[:1]) == rounds[0]


def test_labels_of_generated_images_reach_the_metric(tmp_path: Path) -> None:
    metric = Brightness()
    evaluator(metric, tmp_path, repeats=2)(draw, {}, lambda start, count: torch.arange(start, start + count) % 3)
    assert [labels.tolist() for labels in metric.labels if labels is not None] == [
        [0, 1, 2, 0, 1, 2, 0, 1, 2, 0],
        [1, 2, 0, 1, 2, 0, 1, 2, 0, 1],
    ]


def test_what_is_not_known_is_not_shown() -> None:
    assert format_score(1.23456) == "1.235"
    assert format_score(-0.00012345, floor=0.0) == "-0.0001234 (floor 0)"
    assert format_score(1503.2, 12.34, 148.9) == "1503 ± 12 (floor 149)"


def test_too_few_images_for_a_metric_are_an_error_before_training(installed: Catalogue, tmp_path: Path) -> None:
    metrics = {"precision": installed.find(Kind.METRIC, "precision").config()}
    for images, count, match in ((3, 8, "4 generated images; there are 3"), (9, 2, "4 real images; there are 2")):
        section = EvaluationSection(metrics=metrics, images=images)
        store = Store(np.zeros((count, 4, 4, 3), dtype=np.uint8))
        with pytest.raises(UsageError, match=match):
            build_evaluator(section, installed, store, CPU, tmp_path)


class NoClasses(FeatureExtractor):
    name = "no-classes"
    dim = 3

    def __init__(self) -> None:
        self.protocol = {}

    def __call__(self, images: Tensor) -> Tensor:
        return images.float().mean(dim=(2, 3))


def test_a_metric_of_classes_on_a_backbone_without_them_is_an_error_before_training(
    installed: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = installed.find(Kind.METRIC, "inception-score")
    section = EvaluationSection(metrics={"inception-score": spec.config(features="efficientnet-lite0")}, images=4)
    backbone = installed.find(Kind.FEATURES, "efficientnet-lite0")
    evaluation = build_evaluator(section, installed, STORE, CPU, tmp_path)(draw, {})
    assert evaluation.scores.keys() == {"is-efficientnet-lite0"}
    object.__setattr__(backbone, "build", lambda _: NoClasses())  # frozen, and put back below
    try:
        with pytest.raises(UsageError, match="needs class logits, and the backbone `efficientnet-lite0` has none"):
            build_evaluator(section, installed, STORE, CPU, tmp_path)
    finally:
        from ganzoo_metrics import lite0

        object.__setattr__(backbone, "build", lite0.EfficientNetLite0Features)
