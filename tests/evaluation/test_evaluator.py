"""What is computed, how often, and what an evaluation says of itself; with small parts made here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganzoo.config.models import EvaluationSection
from ganzoo.contracts.features import FeatureExtractor
from ganzoo.contracts.metric import Metric, Sample
from ganzoo.contracts.parts import FeaturesConfig, MetricConfig
from ganzoo.errors import ContractError, TrainingError, UsageError
from ganzoo.evaluation import Evaluation, Evaluator, build_evaluator
from ganzoo.evaluation.quantise import quantise
from ganzoo.evaluation.reals import choose
from ganzoo.evaluation.scorers import Scorer
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind, Offer, Plugin, Status
from ganzoo.registry.specs import FeaturesSpec, MetricSpec, Spec

CPU = torch.device("cpu")


@dataclass
class Counts:
    """How many images each side of each part has read."""

    features: dict[str, int] = field(default_factory=dict)
    summaries: int = 0


class Pixels(FeatureExtractor):
    """Mean of each channel."""

    def __init__(self, name: str, scale: float, counts: Counts) -> None:
        self.name = name
        self.dim = 3
        self.protocol = {"scale": str(scale)}
        self.scale = scale
        self.counts = counts

    def __call__(self, images: Tensor) -> Tensor:
        self.counts.features[self.name] = self.counts.features.get(self.name, 0) + len(images)
        return images.float().mean(dim=(2, 3)) * self.scale


class PixelsConfig(FeaturesConfig):
    scale: float = 1.0


class MeanDistanceConfig(MetricConfig):
    features: str | None = "pixels"
    key: str = "distance"
    answer: float | None = None


class MeanDistance(Metric):
    """Distance between the means of the two sides."""

    def __init__(self, config: MeanDistanceConfig, counts: Counts) -> None:
        self.features = config.features
        self.config = config
        self.counts = counts

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        self.counts.summaries += 1
        return {"mean": self._mean(real)}

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, float]:
        if self.config.answer is not None:
            return {self.config.key: self.config.answer}
        distance = float((self._mean(generated) - summary["mean"]).norm()) if summary else -1.0
        return {self.config.key: distance}

    @staticmethod
    def _mean(sample: Sample) -> Tensor:
        values = sample.images.float().mean(dim=(2, 3)) if sample.features is None else sample.features
        return values.mean(dim=0)


@dataclass(frozen=True)
class Store:
    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None = None
    fingerprint: str = "avatars-1"
    name: str = "avatars"


def catalogue(counts: Counts, version: str = "1.0") -> Catalogue:
    def metric(name: str, lower_is_better: bool | None, needs_reals: bool = True) -> MetricSpec[Any]:
        return MetricSpec(
            name=name,
            summary="",
            config=MeanDistanceConfig,
            build=lambda config: MeanDistance(config, counts),
            lower_is_better=lower_is_better,
            needs_reals=needs_reals,
        )

    def backbone(name: str) -> FeaturesSpec[Any]:
        return FeaturesSpec(
            name=name,
            summary="",
            config=PixelsConfig,
            build=lambda config: Pixels(name, config.scale, counts),
        )

    def unavailable(_: PixelsConfig) -> FeatureExtractor:
        raise UsageError("its weights cannot be downloaded")

    specs: list[tuple[Kind, Spec]] = [
        (Kind.METRIC, metric("distance", True)),
        (Kind.METRIC, metric("other", False)),
        (Kind.METRIC, metric("diversity", None, needs_reals=False)),
        (Kind.FEATURES, backbone("pixels")),
        (Kind.FEATURES, backbone("other-pixels")),
        (Kind.FEATURES, FeaturesSpec(name="far-away", summary="", config=PixelsConfig, build=unavailable)),
    ]
    offers = tuple(Offer(kind, spec, "parts") for kind, spec in specs)
    return Catalogue([Plugin("parts", "parts", "parts", version, Status.LOADED, offers=offers)])


def store(count: int = 40, seed: int = 0, fingerprint: str = "avatars-1") -> Store:
    pixels = np.random.default_rng(seed).integers(256, size=(count, 8, 8, 3), dtype=np.uint8)
    return Store(pixels, np.arange(count), fingerprint)


def draw(start: int, count: int) -> Tensor:
    """Image i is flat, and darker the larger i is."""
    return torch.linspace(1, -1, 1000)[start : start + count, None, None, None].expand(-1, 3, 8, 8)


def built(
    cache: Path,
    counts: Counts,
    metrics: Mapping[str, MetricConfig],
    *,
    images: int = 20,
    reals: Store | None = None,
    features: Mapping[str, FeaturesConfig] | None = None,
    version: str = "1.0",
) -> Evaluator:
    section = EvaluationSection(metrics=dict(metrics), features=dict(features or {}), images=images)
    return build_evaluator(section, catalogue(counts, version), reals or store(), CPU, cache)


DISTANCE = {"distance": MeanDistanceConfig()}


# What is computed


def test_features_are_computed_once_a_backbone_however_many_metrics_read_them(tmp_path: Path) -> None:
    counts = Counts()
    metrics = {
        "distance": MeanDistanceConfig(),
        "other": MeanDistanceConfig(key="second"),
        "diversity": MeanDistanceConfig(features="other-pixels", key="third"),
    }
    evaluate = built(tmp_path, counts, metrics)
    evaluate(draw, {})
    assert counts.features == {"pixels": 20 + 20, "other-pixels": 20}
    evaluate(draw, {})
    assert counts.features == {"pixels": 20 + 20 + 20, "other-pixels": 20 + 20}


def test_a_metric_without_a_backbone_reads_pixels(tmp_path: Path) -> None:
    counts = Counts()
    scores = built(tmp_path, counts, {"distance": MeanDistanceConfig(features=None)})(draw, {}).scores
    assert counts.features == {}
    assert scores["distance"] > 0


def test_each_image_is_drawn_once_by_its_index(tmp_path: Path) -> None:
    drawn: list[int] = []

    def remember(start: int, count: int) -> Tensor:
        drawn.extend(range(start, start + count))
        return draw(start, count)

    built(tmp_path, Counts(), DISTANCE, images=300)(remember, {})
    assert drawn == list(range(300))


def test_no_more_reals_are_read_than_there_are_images_generated(tmp_path: Path) -> None:
    for wanted, expected in ((10, 10), (100, 40)):
        protocol = built(tmp_path, Counts(), DISTANCE, images=wanted)(draw, {}).protocol
        assert (protocol["images_real"], protocol["images_generated"]) == (expected, wanted)


def test_the_reals_are_a_fixed_random_choice() -> None:
    few, more = choose(1000, 20), choose(1000, 500)
    assert list(few) == sorted(set(few))
    assert set(few) < set(more)
    assert few.max() > 500  # not simply the first ones, which a folder sorts by name
    # Golden: numpy promises that RandomState(0) never changes.
    assert choose(4096, 4).tolist() == [582, 1957, 1961, 3193]
    assert list(choose(5, 100)) == [0, 1, 2, 3, 4]


def test_the_score_is_the_distance_between_reals_and_quantised_images(tmp_path: Path) -> None:
    reals = store(30)
    scores = built(tmp_path, Counts(), DISTANCE, images=30, reals=reals)(lambda _, n: torch.ones(n, 3, 8, 8), {}).scores
    means = reals.images.mean(axis=(0, 1, 2))
    assert scores["distance"] == pytest.approx(float(np.linalg.norm(255 - means)), rel=1e-5)


# The cache


def test_cached_summaries_are_not_computed_again_and_give_the_same_scores(tmp_path: Path) -> None:
    first, second = Counts(), Counts()
    fresh = built(tmp_path, first, DISTANCE)(draw, {})
    cached = built(tmp_path, second, DISTANCE)(draw, {})
    assert (first.summaries, second.summaries) == (1, 0)
    assert second.features == {"pixels": 20}  # the generated side alone
    assert cached.scores == fresh.scores


@pytest.mark.parametrize(
    "change",
    [
        {"reals": store(fingerprint="avatars-2")},
        {"reals": replace(store(), labels=np.zeros(40, dtype=np.int64))},
        {"images": 21},
        {"features": {"pixels": PixelsConfig(scale=2.0)}},
        {"metrics": {"distance": MeanDistanceConfig(key="another")}},
        {"metrics": {"distance": MeanDistanceConfig(features="other-pixels")}},
        {"version": "1.1"},
    ],
    ids=["data", "labels", "count", "backbone's settings", "metric's settings", "backbone", "plugin's version"],
)
def test_a_summary_of_anything_else_is_not_taken_from_the_cache(change: dict[str, Any], tmp_path: Path) -> None:
    built(tmp_path, Counts(), DISTANCE)(draw, {})
    counts = Counts()
    built(tmp_path, counts, **({"metrics": DISTANCE} | change))(draw, {})
    assert counts.summaries == 1


def flip_last_byte(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[: len(content) // 2], flip_last_byte, lambda _: b""],
    ids=["half", "bit", "empty"],
)
def test_a_damaged_summary_is_computed_again_and_said(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    fresh = built(tmp_path, Counts(), DISTANCE)(draw, {})
    (path,) = (tmp_path / "statistics").iterdir()
    path.write_bytes(damage(path.read_bytes()))
    counts = Counts()
    again = built(tmp_path, counts, DISTANCE)(draw, {})
    assert counts.summaries == 1
    assert again.scores == fresh.scores
    assert len(again.notes) == 1
    assert "computed again" in again.notes[0]
    assert built(tmp_path, Counts(), DISTANCE)(draw, {}).notes == ()


def test_a_cache_that_cannot_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "statistics").write_bytes(b"a file where the folder would be")
    evaluation = built(tmp_path, Counts(), DISTANCE)(draw, {})
    assert evaluation.scores["distance"] > 0
    assert "cannot be kept" in evaluation.notes[0]


def test_a_metric_that_needs_no_reals_reads_and_keeps_none(tmp_path: Path) -> None:
    counts = Counts()
    built(tmp_path, counts, {"diversity": MeanDistanceConfig(features=None)})(draw, {})
    assert counts.summaries == 0
    assert not (tmp_path / "statistics").exists()


# What it says


def test_an_evaluation_is_plain_json_and_carries_its_protocol(tmp_path: Path) -> None:
    metrics = {
        "distance": MeanDistanceConfig(),
        "diversity": MeanDistanceConfig(features=None, key="diversity"),
    }
    evaluation = built(tmp_path, Counts(), metrics)(draw, {"weights": "ema"})
    assert isinstance(evaluation, Evaluation)
    read = json.loads(json.dumps(evaluation.as_dict(), allow_nan=False))
    assert read["scores"].keys() == {"distance", "diversity"}
    assert read["directions"] == {"distance": True, "diversity": None}
    protocol = read["protocol"]
    assert protocol["generator"] == {"weights": "ema"}
    assert protocol["backbones"] == {"pixels": {"scale": "1.0"}}
    assert protocol["data"] == {"name": "avatars", "fingerprint": "avatars-1"}
    assert protocol["metrics"]["distance"]["features"] == "pixels"
    assert protocol["versions"]["numpy"] == np.__version__
    assert read["seconds"] >= 0


def test_a_backbone_that_cannot_be_had_fails_before_anything_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be downloaded"):
        built(tmp_path, Counts(), {"distance": MeanDistanceConfig(features="far-away")})


def test_an_unknown_metric_or_backbone_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean `distance`"):
        built(tmp_path, Counts(), {"distence": MeanDistanceConfig()})
    with pytest.raises(UsageError, match=r"from the metric `distance`.*Did you mean `pixels`"):
        built(tmp_path, Counts(), {"distance": MeanDistanceConfig(features="pixel")})


@pytest.mark.parametrize("answer", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_the_metrics_fault(answer: float, tmp_path: Path) -> None:
    config = MeanDistanceConfig.model_construct(features=None, key="distance", answer=answer)
    with pytest.raises(ContractError, match="the metric `diversity` gave"):
        Evaluator([scorer(MeanDistance(config, Counts()))], {}, store(), 4, CPU, tmp_path)(draw, {})


def scorer(metric: Metric) -> Scorer:
    return Scorer("diversity", metric, None, needs_reals=False, settings={}, provider="parts 1.0")


def test_two_metrics_that_give_one_score_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="two metrics give the score distance"):
        built(tmp_path, Counts(), {"distance": MeanDistanceConfig(), "other": MeanDistanceConfig()})(draw, {})


# Quantisation


def test_quantising_is_the_inverse_of_scaling_to_one() -> None:
    levels = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)
    assert torch.equal(quantise(levels / 127.5 - 1), levels)
    assert torch.equal(quantise((levels / 127.5 - 1) + 0.49 / 127.5), levels)


def test_values_out_of_range_are_clamped_and_nan_is_an_error() -> None:
    edges = torch.tensor([-3.0, -1.0, 1.0, 3.0, float("inf")]).reshape(1, 1, 1, 5)
    assert quantise(edges).flatten().tolist() == [0, 0, 255, 255, 255]
    with pytest.raises(TrainingError, match="NaN"):
        quantise(torch.full((1, 1, 2, 2), float("nan")))
