"""How many modes of a mixture a generator covers, and how many of its points lie at one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts.metric import Metric, Sample
from ganzoo.plugin import MetricConfig, MetricSpec, UsageError
from ganzoo_toys.layouts import LAYOUTS, LayoutName

if TYPE_CHECKING:
    from torch import Tensor

WITHIN = 3.0
"""Standard deviations from a centre within which a point is of high quality. 98.9 % of the data's own points are."""


class ModesConfig(MetricConfig):
    """Which mixture, and when a mode counts."""

    of: LayoutName
    """The mixture whose modes are looked for."""
    at_least: int = Field(default=1, ge=1)
    """Points of high quality by which a mode is covered; the published tables ask for 1."""


def nearest_mode(points: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest centre of each point and how far it is.

    Args:
        points: [N, 2].
        centres: [K, 2].

    Returns:
        Distances [N], and numbers of the centres [N] int64.
    """
    import torch

    distances, numbers = torch.cdist(points, centres).min(dim=1)
    return distances, numbers


class Modes(Metric):
    """modes-covered: centres with a generated point within 3 standard deviations; high-quality: the share of these.

    Source: Srivastava et al. 2017, section 4.1, and Lin et al. 2018, section 4.1, both on 2,500 points.
    """

    def __init__(self, config: ModesConfig) -> None:
        self.config = config
        self.layout = LAYOUTS[config.of]

    def summarise(self, real: Sample) -> dict[str, Tensor]:
        """Nothing: the modes are known."""
        return {}

    def score(self, summary: Mapping[str, Tensor], generated: Sample) -> dict[str, float]:
        """modes-covered in 0 ... K, high-quality in [0, 1].

        Raises:
            UsageError: the points are not in the plane.
        """
        import torch

        points = generated.images.flatten(start_dim=1).double()
        if points.shape[1] != 2:
            raise UsageError(
                f"the modes of {self.config.of} lie in the plane; these points have {points.shape[1]} numbers"
            )
        distances, numbers = nearest_mode(points, torch.tensor(self.layout.centres, dtype=torch.float64))
        good = distances <= WITHIN * self.layout.std
        counts = torch.bincount(numbers[good], minlength=len(self.layout.centres))
        return {
            "modes-covered": float((counts >= self.config.at_least).sum()),
            "high-quality": float(good.double().mean()),
        }


SPEC = MetricSpec(
    name="modes",
    summary="modes a generator of points covers, and the share of its points that lie at one",
    source="Srivastava et al. 2017, VEEGAN (arXiv 1705.07761); Lin et al. 2018, PacGAN (arXiv 1712.04086)",
    config=ModesConfig,
    build=Modes,
    lower_is_better=False,
    needs_reals=False,
    points=True,
    scores=("modes-covered", "high-quality"),
    example="ganzoo run mlp --data ring8 --metric modes:of=ring8",
)
