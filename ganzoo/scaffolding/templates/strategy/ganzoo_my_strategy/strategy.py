"""The rule of my-strategy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ganzoo.contracts import ALLOW, BalancingStrategy, Decision, Observation, Role, Smoothed, refuse
from ganzoo_my_strategy.settings import MyStrategyConfig


class MyStrategy(BalancingStrategy):
    """Refuse D's update while the moving average of its accuracy is above the threshold.

    It decides and says why; the training loop acts. The other methods of `BalancingStrategy` have neutral defaults.
    """

    # It reads an observation as a number, for which a GPU must be waited for: so it says so.
    reads_numbers: ClassVar[bool] = True
    # After so many refusals in a row the loop makes one update all the same.
    max_consecutive_skips = 25

    def __init__(self, config: MyStrategyConfig) -> None:
        self.config = config
        self.accuracy = Smoothed(config.smoothing)

    def observe(self, observation: Observation) -> None:
        """Remember what D's forward showed. State changes here, and not in a question."""
        if observation.role is Role.DISCRIMINATOR:
            self.accuracy.update(observation.accuracy)

    def allow_update(self, role: Role, observation: Observation) -> Decision:
        """No to D while it is right too often, with the reason; yes otherwise."""
        average = self.accuracy.value
        if role is Role.GENERATOR or average is None or average <= self.config.threshold:
            return ALLOW
        return refuse(f"D accuracy {average:.2f} > {self.config.threshold:g}")

    def state_dict(self) -> dict[str, object]:
        """What a checkpoint must keep, so that a resumed run goes on as if it had never stopped."""
        return {"accuracy": self.accuracy.state_dict()}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        saved = state["accuracy"]
        assert isinstance(saved, dict)
        self.accuracy.load_state_dict(saved)
