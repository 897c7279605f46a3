"""adaptive-ratio: whose loss moves more learns next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Moment, Observation, Plan, Role
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait

BOTH = Plan(1, 1)


class AdaptiveRatioConfig(StrategyConfig):
    """Who learns in a step."""

    coefficient: float = Field(default=1.0, gt=0)
    """D learns where its loss changed, relatively, more than this many times as much as G's; the source's lambda. Above
    1 for more updates of G."""
    at_most: int = Field(default=5, ge=1, le=100)
    """Steps in a row for one network alone, before both learn once and both losses are measured anew."""


def relative_change(now: float, before: float) -> float:
    """|(now - before) / before|; infinite where `before` is 0 and `now` is not."""
    if before == 0:
        return 0.0 if now == 0 else math.inf
    return abs((now - before) / before)


class AdaptiveRatio(BalancingStrategy):
    """D learns in this step if r_D > coefficient x r_G, else G; r = |loss - loss before| / |loss before|.

    For Wasserstein-like losses, in place of a fixed five updates of D for one of G: it spends updates on the network
    that is still moving. With logistic losses that saturate, a loss near 0 has wild relative changes; take
    `update-ratio` there. Losses are those the forwards of the updates showed, so the one who rests keeps its last r;
    after `at_most` steps alone both learn once. The first two steps, too, are for both.

    Source: Ouyang & Agam 2020, "Accelerated WGAN update strategy with loss change rate balancing", which evaluates
    both losses in every step (twice the cost) and tunes lambda for each task; 1 is the plain comparison.
    """

    reads_numbers: ClassVar[bool] = True

    def __init__(self, config: AdaptiveRatioConfig) -> None:
        self.config = config
        self.losses: dict[str, float] = {}
        self.changes: dict[str, float] = {}
        self.last = ""
        self.last_step = -1
        self.alone_for = 0

    def observe(self, observation: Observation) -> None:
        """Take in how far a role's loss moved since its last forward."""
        role, loss = observation.role, observation.loss
        if observation.moment.step == self.last_step and role != self.last:
            self.alone_for = 0  # the other one learned in this step, too
        elif observation.moment.step != self.last_step:
            self.alone_for = self.alone_for + 1 if role == self.last else 1
        self.last, self.last_step = str(role), observation.moment.step
        if not math.isfinite(loss):
            return  # the step reports it
        if role in self.losses:
            self.changes[role] = relative_change(loss, self.losses[role])
        self.losses[role] = loss

    def plan(self, moment: Moment) -> Plan:
        """One network alone; both where a change is not known yet, or one has been alone for too long."""
        if len(self.changes) < len(Role) or self.alone_for >= self.config.at_most:
            return BOTH
        of_d, of_g = self.changes[Role.DISCRIMINATOR], self.changes[Role.GENERATOR]
        reason = f"adaptive-ratio: D's loss moved by {of_d:.0%}, G's by {of_g:.0%}"
        return Plan(1, 0, reason) if of_d > self.config.coefficient * of_g else Plan(0, 1, reason)

    def state_dict(self) -> dict[str, object]:
        """The last losses, their changes, and who has been learning."""
        return {
            "losses": {str(role): loss for role, loss in self.losses.items()},
            "changes": {str(role): change for role, change in self.changes.items()},
            "last": self.last,
            "last_step": self.last_step,
            "alone_for": self.alone_for,
        }

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        losses, changes = state["losses"], state["changes"]
        last_step, alone_for = state["last_step"], state["alone_for"]
        assert isinstance(losses, dict)
        assert isinstance(changes, dict)
        assert isinstance(last_step, int)
        assert isinstance(alone_for, int)
        self.losses, self.changes = dict(losses), dict(changes)
        self.last, self.last_step, self.alone_for = str(state["last"]), last_step, alone_for


SPEC = BalancingSpec(
    name="adaptive-ratio",
    summary="D or G learns, whose loss changes more: for Wasserstein-like losses",
    source="Ouyang & Agam 2020, Accelerated WGAN update strategy with loss change rate balancing (arXiv 2008.12463)",
    config=AdaptiveRatioConfig,
    build=AdaptiveRatio,
    traits=frozenset({Trait.PLANS}),
)
