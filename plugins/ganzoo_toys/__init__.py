"""Toys: points of which theory and published tables say how a GAN must fare, in seconds.

`ring8` and `grid25` are mixtures of narrow Gaussians, which a generator covers or does not; `dirac` is a single point.
The scores are those of the tables: modes covered, the share of high quality, and a distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ganzoo.plugin import DatasetSpec, MetricSpec, hookimpl
from ganzoo_toys import dirac, distance, mixtures, modes

# `Any` below: the specs are of different config classes, and lists are invariant.


@hookimpl
def ganzoo_datasets() -> Sequence[DatasetSpec[Any]]:
    """The data sets."""
    return [mixtures.RING8, mixtures.GRID25, dirac.SPEC]


@hookimpl
def ganzoo_metrics() -> Sequence[MetricSpec[Any]]:
    """Scores of points."""
    return [distance.SPEC, modes.SPEC]
