"""Metrics and their backbones, built from the configuration before training starts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from torch import Tensor

from ganzoo.config.models import EvaluationSection
from ganzoo.contracts.features import FeatureExtractor
from ganzoo.contracts.metric import Metric, Sample, Score
from ganzoo.contracts.parts import FeaturesConfig
from ganzoo.errors import ContractError, UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind


@dataclass(frozen=True, slots=True)
class Scorer:
    """A metric, and what its scores depend on.

    Attributes:
        name: as the configuration has it.
        metric: built.
        lower_is_better: direction of its scores.
        needs_reals: compares with real images.
        settings: plain values.
        provider: the distribution that offers it, and its version.
    """

    name: str
    metric: Metric
    lower_is_better: bool | None
    needs_reals: bool
    settings: Mapping[str, Any]  # plain values of a plugin's own config class
    provider: str

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, Score]:
        """The metric's scores.

        Raises:
            ContractError: one of them, its error or its floor is NaN or infinite.
        """
        found = self.metric.score(summary, generated)
        scores = {name: score if isinstance(score, Score) else Score(float(score)) for name, score in found.items()}
        for name, score in scores.items():
            for number in (score.value, score.standard_error, score.floor):
                if number is not None and not math.isfinite(number):
                    raise ContractError(f"the metric `{self.name}` gave {name} = {number}; a score is a finite number")
        return scores


def build_scorers(section: EvaluationSection, catalogue: Catalogue) -> list[Scorer]:
    """The metrics the configuration names.

    Raises:
        UsageError: unknown metric.
    """
    versions = {plugin.distribution: plugin.version for plugin in catalogue.plugins}
    scorers = []
    for name, settings in section.metrics.items():
        spec = catalogue.find(Kind.METRIC, name, "evaluation.metrics")
        distribution = catalogue.offer(Kind.METRIC, name).distribution
        scorers.append(
            Scorer(
                name=name,
                metric=spec.build(settings),
                lower_is_better=spec.lower_is_better,
                needs_reals=spec.needs_reals,
                settings=settings.model_dump(mode="json"),
                provider=f"{distribution} {versions[distribution]}",
            )
        )
    return scorers


def build_backbones(
    scorers: Iterable[Scorer], section: EvaluationSection, catalogue: Catalogue
) -> dict[str, FeatureExtractor]:
    """Each backbone that some metric asks for, once.

    Raises:
        UsageError: unknown backbone, or one whose weights cannot be had.
    """
    backbones: dict[str, FeatureExtractor] = {}
    for scorer in scorers:
        name = scorer.metric.features
        if name is not None and name not in backbones:
            spec = catalogue.find(Kind.FEATURES, name, f"the metric `{scorer.name}`")
            backbones[name] = spec.build(section.features.get(name) or _defaults(name, spec.config))
        if name is not None and scorer.metric.logits and backbones[name].classes is None:
            raise UsageError(f"the metric `{scorer.name}` needs class logits, and the backbone `{name}` has none")
    return backbones


def default_backbone(section: EvaluationSection, catalogue: Catalogue) -> FeatureExtractor | None:
    """The backbone that ganzoo's own default metrics read, which needs no network; None where they read none.

    Args:
        section: its settings, where some are given.
        catalogue: where it is found.
    """
    for name in catalogue.defaults(Kind.METRIC):
        spec = catalogue.find(Kind.METRIC, name)
        scorers = build_scorers(EvaluationSection(metrics={name: spec.config()}), catalogue)
        built = [*build_backbones(scorers, section, catalogue).values()]
        if built:
            return built[0]
    return None


def check_sizes(scorers: Iterable[Scorer], real: int, generated: int) -> None:
    """Raises `UsageError` where a metric needs more images than there will be on a side it reads."""
    for scorer in scorers:
        least = scorer.metric.min_images
        sides = {"generated": generated, **({"real": real} if scorer.needs_reals else {})}
        for side, count in sides.items():
            if count < least:
                raise UsageError(
                    f"the metric `{scorer.name}` needs at least {least} {side} images; there are {count}",
                    hint="raise `evaluation.images`, use a data set with more images, or leave the metric out",
                )


def _defaults(name: str, config: type[FeaturesConfig]) -> FeaturesConfig:
    try:
        return config()
    except ValidationError as error:
        missing = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors())
        raise UsageError(
            f"the backbone `{name}` has settings without a default: {missing}",
            hint=f"give them under `evaluation.features.{name}`",
        ) from error
