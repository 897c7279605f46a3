"""Both sides of the game, out of a checkpoint and into one."""

from __future__ import annotations

from ganzoo.training.checkpoints import AVERAGE, Checkpoint
from ganzoo.training.step import AdversarialStep


def state_of(step: AdversarialStep) -> dict[str, object]:
    """Everything beside weights that the step's next call depends on: optimisers, strategies, the average's age."""
    return {
        "balance": step.balance.state_dict(),
        "average_updates": step.average.updates,
        "optimizers": {
            str(player.role): player.optimizer.state_dict()["state"] for player in (step.generator, step.discriminator)
        },
    }


def restore(step: AdversarialStep, checkpoint: Checkpoint) -> None:
    """Weights, buffers, and what `state_of` gave, in their places."""
    state = checkpoint.training
    step.generator.network.load_state_dict(checkpoint.networks["generator"])
    step.discriminator.network.load_state_dict(checkpoint.networks["discriminator"])
    step.average.network.load_state_dict(checkpoint.networks[AVERAGE])
    step.average.updates = int(state["average_updates"])
    for player in (step.generator, step.discriminator):
        player.load_optimizer_state(state["optimizers"][str(player.role)])
    step.balance.load_state_dict(state["balance"])
