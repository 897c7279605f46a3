"""Both sides of the game, out of a checkpoint and into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ganzoo.training.checkpoints import AVERAGE, Checkpoint
from ganzoo.training.step import AdversarialStep


def state_of(step: AdversarialStep) -> dict[str, object]:
    """Everything beside weights that the step's next call depends on: optimisers, strategies, the average's age.

    To be asked for on every rank: what belongs to one process is gathered from each.
    """
    local = step.balance.local_state()
    return {
        "balance": step.balance.state_dict(),
        "local": step.ranks.collected(local)[1:] if local else [],  # rank 0's own is in `balance`
        "average_updates": step.average.updates,
        "optimizers": {str(player.role): player.optimizer_state() for player in (step.generator, step.discriminator)},
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
    step.balance.load_state_dict(_with_own(state["balance"], state.get("local", []), step.ranks.rank))


def _with_own(balance: Mapping[str, Any], local: Sequence[Mapping[str, Any]], rank: int) -> Mapping[str, Any]:
    """The strategies' state with what belonged to this process; where there were fewer, what belonged to another."""
    place = rank % (len(local) + 1)
    if place == 0:
        return balance
    own = local[place - 1]
    strategies = {name: {**state, **own.get(name, {})} for name, state in balance["strategies"].items()}
    return {**balance, "strategies": strategies}
