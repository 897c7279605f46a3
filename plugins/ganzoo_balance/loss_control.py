"""loss-control: how much fakes weigh in D's loss, steered by the two losses (BEGAN's k)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Observation, Origin, Role
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait

if TYPE_CHECKING:
    from torch import Tensor


class LossControlConfig(StrategyConfig):
    """The balance to keep, and how fast k follows. The defaults are for logistic losses."""

    gamma: float = Field(default=3.0, gt=0)
    """The set point: G's loss over D's loss on reals. Above 1 keeps a logistic D ahead, which it must be to teach; 0.5
    for an autoencoder as D, the source's own (there, lower is less variety)."""
    gain: float = Field(default=0.001, gt=0, le=1)
    """How fast k follows, an update of G; the source's lambda."""
    start: float = Field(default=1.0, ge=0, le=1)
    """k at the start: 1 is D's ordinary loss. 0 for an autoencoder as D, the source's own."""


def next_k(k: float, loss_real: float, loss_generator: float, gamma: float, gain: float) -> float:
    """clip(k + gain x (gamma x loss_real - loss_generator), 0, 1)."""
    return min(1.0, max(0.0, k + gain * (gamma * loss_real - loss_generator)))


class LossControl(BalancingStrategy):
    """D's loss = L_real + k x L_fake; after each update of G, k <- clip(k + gain x (gamma x L_real - L_G), 0, 1).

    L_real is D's loss on reals and L_G G's loss, both as their forwards showed them. Where G's loss is more than gamma
    times D's loss on reals, fakes are told too well, and D turns to the reals; where it is less, D turns to the fakes.
    A lever on what D attends to, which Adam's scaling does not undo, as it would a factor on D's whole loss.

    In BEGAN D is an autoencoder, both losses are reconstruction errors, and k x L_fake is subtracted; with such a loss
    take `gamma=0.5,start=0`. For logistic and least-squares losses it is an analogy: low still means 'taken for real',
    but no argument carries over, and from k = 0 D would learn nothing about fakes and k never rise, hence the other
    defaults. It means nothing where G's loss goes below 0 (hinge), and losses that only compare reals with fakes
    (relativistic, Wasserstein) are refused: there is no loss on one side alone to weigh.

    Source: Berthelot et al. 2017, "BEGAN", section 3.4: gain 0.001, k from 0, gamma 0.3 to 0.7.
    """

    reads_numbers: ClassVar[bool] = True

    def __init__(self, config: LossControlConfig) -> None:
        self.config = config
        self.k = config.start
        self.loss_real: float | None = None

    def observe(self, observation: Observation) -> None:
        """Remember D's loss on reals; move k at G's loss."""
        # D's observed loss on fakes holds k already; what G's forward shows is the loss BEGAN compares with.
        if observation.role is Role.DISCRIMINATOR:
            loss_real = observation["loss_real"]
            self.loss_real = loss_real if math.isfinite(loss_real) else self.loss_real
        elif self.loss_real is not None and math.isfinite(observation.loss):
            self.k = next_k(self.k, self.loss_real, observation.loss, self.config.gamma, self.config.gain)

    def weights(self, logits: Tensor, origin: Origin, role: Role) -> float:
        """k on D's fakes."""
        return self.k if role is Role.DISCRIMINATOR and origin is Origin.FAKE else 1.0

    def state_dict(self) -> dict[str, object]:
        """k, and D's last loss on reals."""
        return {"k": self.k, "loss_real": self.loss_real}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        k, loss_real = state["k"], state["loss_real"]
        assert isinstance(k, float)
        assert loss_real is None or isinstance(loss_real, float)
        self.k, self.loss_real = k, loss_real


SPEC = BalancingSpec(
    name="loss-control",
    summary="Fakes weigh less in D's loss while D tells them too well (BEGAN's k)",
    source="Berthelot et al. 2017, BEGAN, section 3.4 (arXiv 1703.10717)",
    config=LossControlConfig,
    build=LossControl,
    traits=frozenset({Trait.TAKES_SIDES_APART}),
)
