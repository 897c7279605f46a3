"""No balancing: the baseline every lever is compared with."""

from __future__ import annotations

from ganzoo.contracts import BalancingStrategy
from ganzoo.plugin import BalancingSpec, StrategyConfig


class NoneConfig(StrategyConfig):
    """Nothing is changed, so there is nothing to set."""


class NoBalancing(BalancingStrategy):
    """One update of D, one of G, each at its rate. The architecture's own method stays."""


SPEC = BalancingSpec(
    name="none",
    summary="No lever: the baseline to compare with",
    source="Goodfellow et al. 2014, algorithm 1 with k = 1 (arXiv 1406.2661)",
    config=NoneConfig,
    build=lambda _: NoBalancing(),
)
