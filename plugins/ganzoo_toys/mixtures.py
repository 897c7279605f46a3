"""The data sets `ring8` and `grid25`: points of a mixture of Gaussians."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts.dataset import Points
from ganzoo.plugin import DatasetConfig, DatasetSpec
from ganzoo_toys.layouts import LAYOUTS, LayoutName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 1
"""Raised when the same settings give other points than before."""
SETTINGS: Mapping[str, object] = {
    "training.precision": "fp32",  # bf16 cannot tell places that lie a few thousandths apart
    "samples.count": 512,
    "samples.every_kimg": 51.2,
    "evaluation.images": 2500,
    "evaluation.every_kimg": 128.0,
    "checkpoints.every_kimg": 256.0,
}


class MixtureConfig(DatasetConfig):
    """Points of a mixture of round Gaussians of one width; the labels are the modes."""

    points: int = Field(default=100_000, ge=2, le=10_000_000)
    """How many points are drawn, once."""


class Mixture(Points):
    """Points drawn once from a layout's Gaussians; the label is the mode.

    Args:
        name: of the layout.
        points: how many.
    """

    def __init__(self, name: LayoutName, points: int) -> None:
        import numpy as np

        self.name = name
        self.fingerprint = f"{name}-{points}-v{VERSION}"
        self.classes = tuple(f"mode {mode}" for mode in range(len(LAYOUTS[name].centres)))
        self._layout = LAYOUTS[name]
        # RandomState, because numpy promises that its stream never changes.
        random = np.random.RandomState(2018)
        self._modes = random.randint(len(self.classes), size=points).astype(np.int64)
        self._offsets = random.standard_normal((points, 2))

    def coordinates(self) -> NDArray[np.float32]:
        """[N, 2]."""
        import numpy as np

        centres = np.asarray(self._layout.centres)
        return (centres[self._modes] + self._layout.std * self._offsets).astype(np.float32)

    def labels(self) -> NDArray[np.int64]:
        """[N]: the mode each point was drawn from."""
        return self._modes


def _spec(name: LayoutName, summary: str, source: str) -> DatasetSpec[MixtureConfig]:
    return DatasetSpec(
        name=name,
        summary=summary,
        source=source,
        config=MixtureConfig,
        build=lambda config: Mixture(name, config.points),
        points=True,
        metrics={"distance": {}, "modes": {"of": name}},
        settings=SETTINGS,
        example=f"ganzoo run mlp --data {name} --balance steady",
    )


RING8 = _spec(
    "ring8",
    "Points of 8 narrow Gaussians on a circle: does a generator find all of them?",
    "Metz et al. 2017, Unrolled GANs (arXiv 1611.02163); proportions of Lin et al. 2018, PacGAN (arXiv 1712.04086)",
)
GRID25 = _spec(
    "grid25",
    "Points of 25 narrow Gaussians on a grid: does a generator find all of them?",
    "Srivastava et al. 2017, VEEGAN (arXiv 1705.07761); Lin et al. 2018, PacGAN (arXiv 1712.04086); to a quarter",
)
