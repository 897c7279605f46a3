"""Recipes over other packages' networks: their papers changed the loss, and what keeps the critic in bounds.

| recipe | networks | loss | method | optimiser (preset `paper`) |
|---|---|---|---|---|
| `lsgan` | `dcgan` | least squares | none | Adam, rate 1e-3, beta1 0.5 |
| `wgan` | `dcgan` | Wasserstein | weights clipped to 0.01, 5 updates of the critic | RMSProp, rate 5e-5 |
| `wgan-gp` | `sngan` | Wasserstein | gradient penalty 10, no norm in D, 5 updates of it | Adam, 2e-4 to 0 |

LSGAN's own experiments have further layers at 112 px. WGAN's keep DCGAN's critic and try three generators (section
4.3): its preset `tiny` has the ResNet of `sngan` for G, the others DCGAN's. WGAN-GP's ResNets for CIFAR-10 are those
that SNGAN took over: `sngan` without spectral norm, and with features summed over positions where WGAN-GP takes their
mean. Its batches for G are twice as large as the critic's; here they are alike. Its DCGAN is `--generator dcgan
--discriminator dcgan --set discriminator.norm=none`.
"""

from __future__ import annotations

from ganzoo.plugin import ArchitectureSpec, hookimpl
from ganzoo_recipes.gradient_penalty import WGAN_GP
from ganzoo_recipes.least_squares import LSGAN
from ganzoo_recipes.wasserstein import WGAN


@hookimpl
def ganzoo_architectures() -> list[ArchitectureSpec]:
    """The recipes `lsgan`, `wgan` and `wgan-gp`."""
    return [LSGAN, WGAN, WGAN_GP]
