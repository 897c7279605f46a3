"""The data set `dirac`: one point, at the origin of the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.contracts.dataset import Points
from ganzoo.plugin import DatasetConfig, DatasetSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COPIES = 1024
"""A data set has a length; these are all the same."""


class DiracConfig(DatasetConfig):
    """The point 0, the same at every draw; there is nothing to set."""


class Dirac(Points):
    """The point 0, again and again."""

    name = "dirac"
    fingerprint = "dirac-v1"

    def coordinates(self) -> NDArray[np.float32]:
        """[N, 1] zeros."""
        import numpy as np

        return np.zeros((COPIES, 1), dtype=np.float32)


SPEC = DatasetSpec(
    name="dirac",
    summary="One point at 0: with the recipe of its name, the smallest game there is",
    source="Mescheder et al. 2018, Which Training Methods for GANs do actually Converge? (arXiv 1801.04406), section 2",
    config=DiracConfig,
    build=lambda _: Dirac(),
    points=True,
    example="ganzoo run dirac --data dirac --balance r1",
    metrics={"distance": {}},
    settings={
        "training.precision": "fp32",
        "data.held_out": 0.0,
        "samples.count": 32,
        "samples.every_kimg": 0.16,
        "evaluation.images": 64,
        "evaluation.every_kimg": 1.6,
        "checkpoints.every_kimg": 1.6,
        "logging.tick_steps": 10,
    },
)
