"""Recipes over DCGAN's networks: what their papers changed was the loss, and what keeps the critic in bounds.

| recipe | loss | method | optimisers of the paper (preset `paper`) |
|---|---|---|---|
| `lsgan` | least squares | none | Adam, rate 1e-3, beta1 0.5 |
| `wgan` | Wasserstein | weights clipped to 0.01, 5 updates of the critic | RMSProp, rate 5e-5 |
| `wgan-gp` | Wasserstein | gradient penalty 10, no batch norm in D, 5 updates of it | Adam, rate 1e-4, betas 0, 0.9 |

LSGAN's own experiments have further layers at 112 px, WGAN-GP's a ResNet beside the DCGAN; here all three are DCGAN's
networks, so that they differ in nothing else. Layer norm, which WGAN-GP recommends for the critic, is left out.
"""

from __future__ import annotations

from ganzoo.plugin import ArchitectureSpec, hookimpl
from ganzoo_recipes.least_squares import LSGAN
from ganzoo_recipes.wasserstein import WGAN, WGAN_GP


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipes `lsgan`, `wgan` and `wgan-gp`."""
    return [LSGAN, WGAN, WGAN_GP]
