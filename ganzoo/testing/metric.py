"""Does a metric keep its contract?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor

from ganzoo.contracts import Metric, Sample, Score
from ganzoo.contracts.parts import MetricConfig
from ganzoo.errors import UsageError
from ganzoo.registry.specs import MetricSpec
from ganzoo.testing.rules import Rules, check_described, check_documented

M = TypeVar("M", bound=MetricConfig)

IMAGES = 48
SIZES = (8, 16, 32)
CHANNELS = (1, 3)
FEATURES, CLASSES = 8, 10
TOLERANCE = 1e-4


def check_metric(
    spec: MetricSpec[M], config: M | None = None, real: Sample | None = None, generated: Sample | None = None
) -> None:
    """Check names, finiteness, determinism, merging, and the direction of its scores.

    Samples are on the CPU, as they always are when a run is scored.

    Args:
        spec: the metric.
        config: its settings; by default their defaults.
        real: what to score against; by default smooth random images with features to match, or points.
        generated: what to score, of the same distribution; by default likewise.

    Raises:
        ContractError: a rule is broken.
    """
    rules = Rules(spec)
    check_described(rules, spec)
    metric = spec.build(config or spec.config())
    check_documented(rules, metric)
    rules.require(metric.min_images >= 1, "`min_images` is at least 1", str(metric.min_images))
    real = real or synthetic(spec, metric, 0)
    generated = generated or synthetic(spec, metric, 1)
    _check_scores(rules, spec, metric, real, generated)
    if spec.needs_reals:
        _check_reals_matter(rules, metric, real, generated)
        _check_merging(rules, metric, real, generated)
        _check_direction(rules, spec, metric, real)
    if not spec.points:
        _check_sizes(rules, spec, metric)


def synthetic(spec: MetricSpec[M], metric: Metric, seed: int, size: int = 16, channels: int = 3) -> Sample:
    """Random images smooth enough to have structure, or points in the plane; features and logits where asked for."""
    generator = torch.Generator().manual_seed(seed)
    count = max(IMAGES, metric.min_images)
    if spec.points:
        images = 0.5 * torch.randn(count, 2, 1, 1, generator=generator)
    else:
        coarse = torch.rand(count, channels, 4, 4, generator=generator)
        images = (torch.nn.functional.interpolate(coarse, size=size, mode="bilinear") * 255).to(torch.uint8)
    features = torch.randn(count, FEATURES, generator=generator) if metric.features else None
    logits = torch.randn(count, CLASSES, generator=generator) if metric.logits else None
    return Sample(images, None, features, logits)


def plain(scores: Mapping[str, float | Score]) -> dict[str, float]:
    """The values alone."""
    return {name: score.value if isinstance(score, Score) else score for name, score in scores.items()}


def _check_scores(rules: Rules, spec: MetricSpec[M], metric: Metric, real: Sample, generated: Sample) -> None:
    answers: list[dict[str, float]] = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        summary = metric.summarise(real)
        rules.require(
            all(isinstance(name, str) and isinstance(value, Tensor) for name, value in summary.items()),
            "`summarise` gives named tensors, which are kept on disk",
            str({name: type(value).__name__ for name, value in summary.items()}),
        )
        scores = metric.score(summary, generated)
        rules.require(bool(scores), "`score` gives at least one score")
        for score in scores.values():
            error = score.standard_error if isinstance(score, Score) else None
            rules.require(error is None or error >= 0, "a `standard_error` is 0 or more", str(error))
        answers.append(plain(scores))
    named = spec.scores or (spec.name,)
    for name, value in answers[0].items():
        rules.require(name.startswith(named), f"a score's name begins with {' or '.join(named)}", name)
        rules.require(math.isfinite(value), "scores are finite; refuse what cannot be scored with UsageError", name)
    rules.require(
        answers[0] == answers[1],
        "the same images have the same score: what is random comes from a generator of its own with a fixed seed",
        f"{answers[0]} and {answers[1]}",
    )


def _check_reals_matter(rules: Rules, metric: Metric, real: Sample, generated: Sample) -> None:
    summary = metric.summarise(real)
    rules.require(bool(summary), "it compares with reals (`needs_reals`), so `summarise` keeps something of them")
    rules.require(
        plain(metric.score(summary, generated)) != plain(metric.score(metric.summarise(far(real)), generated)),
        "other reals give another score; one that does not look at reals has `needs_reals = False`",
    )


def _check_merging(rules: Rules, metric: Metric, real: Sample, generated: Sample) -> None:
    half = len(real.images) // 2
    parts = [_rows(real, slice(0, half)), _rows(real, slice(half, None))]
    whole = plain(metric.score(metric.summarise(real), generated))
    merged = plain(metric.score(metric.merge([metric.summarise(part) for part in parts]), generated))
    alike = all(abs(whole[name] - merged[name]) <= TOLERANCE * max(1.0, abs(whole[name])) for name in whole)
    rules.require(
        alike,
        "two processes' summaries, merged, are the summary of all: sums and rows can be joined, means cannot",
        f"{whole} whole, {merged} merged",
    )


def _check_direction(rules: Rules, spec: MetricSpec[M], metric: Metric, real: Sample) -> None:
    if spec.lower_is_better is None:
        return
    summary = metric.summarise(real)
    same, other = plain(metric.score(summary, real)), plain(metric.score(summary, far(real)))
    for name in same:
        better, worse = (same[name], other[name]) if spec.lower_is_better else (other[name], same[name])
        rules.require(
            better <= worse,
            f"`lower_is_better = {spec.lower_is_better}`: the reals themselves score no worse than images far away",
            f"{name} is {same[name]:g} for the reals and {other[name]:g} far away",
        )


def _check_sizes(rules: Rules, spec: MetricSpec[M], metric: Metric) -> None:
    some = False
    for size in SIZES:
        for channels in CHANNELS:
            real, generated = (synthetic(spec, metric, seed, size, channels) for seed in (0, 1))
            try:
                scores = plain(metric.score(metric.summarise(real), generated))
            except UsageError:  # it says what it cannot score
                continue
            some = True
            rules.require(
                all(math.isfinite(value) for value in scores.values()),
                "scores are finite at every size it does not refuse",
                f"{scores} at {size} px, {channels} channels",
            )
    rules.require(some, f"it scores images at one of {SIZES} px with 1 or 3 channels")


def far(sample: Sample) -> Sample:
    """As many images of one colour, with features (or points) far from all others."""
    images = sample.images + 30.0 if sample.images.is_floating_point() else torch.full_like(sample.images, 250)
    features = None if sample.features is None else sample.features + 30.0
    return replace(sample, images=images, features=features)


def _rows(sample: Sample, rows: slice) -> Sample:
    def of(tensor: Tensor | None) -> Tensor | None:
        return None if tensor is None else tensor[rows]

    return Sample(sample.images[rows], of(sample.labels), of(sample.features), of(sample.logits))
