"""my-loss: an adversarial loss for ganzoo. Torch-free: this is imported wherever parts are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import LossSpec, hookimpl
from ganzoo_my_loss.settings import MyLossConfig

if TYPE_CHECKING:
    from ganzoo.contracts import Loss

GANZOO_CONTRACTS = "1.0"
"""The version of ganzoo's contracts this is built for; a ganzoo with older ones says so instead of loading it."""


def build(config: MyLossConfig) -> Loss:
    """The loss with these settings."""
    from ganzoo_my_loss.loss import MyLoss

    return MyLoss(config)


SPEC = LossSpec(
    name="my-loss",
    summary="The logistic loss with a sharpness",
    source="my own",
    config=MyLossConfig,
    build=build,
)


@hookimpl
def ganzoo_losses() -> list[LossSpec[MyLossConfig]]:
    """The loss `my-loss`."""
    return [SPEC]
