"""What a batch that is shared or worked on in parts must allow, said before training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from ganzoo.config.models import RunConfig
from ganzoo.contracts import BalancingStrategy, Loss, Role
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import Trait
from ganzoo.training.balance import Change
from ganzoo.training.ranks import Ranks
from ganzoo.training.step import AdversarialStep


def check_split(
    config: RunConfig,
    changes: Sequence[Change],
    ranks: Ranks,
    group: int,
    strategies: Mapping[str, BalancingStrategy],
    catalogue: Catalogue,
) -> dict[Role, int]:
    """The microbatches of a run, by role; those as large as a process's share are none.

    Args:
        config: after the strategies' changes.
        changes: what these were.
        ranks: who shares the batch.
        group: images that D judges together.
        strategies: of the run.
        catalogue: where their specs are.

    Raises:
        UsageError: the batch cannot be cut into D's groups, or not be shared equally; a part would cut a group; or a
            strategy needs the whole batch.
    """
    batch = config.training.batch_size
    _check_batch(config, changes, ranks, group)
    share = ranks.share(batch).count
    found = {}
    asked = config.training.microbatch
    for role, size in ((Role.GENERATOR, asked.generator), (Role.DISCRIMINATOR, asked.discriminator)):
        if size is None or size >= share:
            continue
        if size % group:
            raise UsageError(
                f"training.microbatch.{role} = {size} cuts the groups of {group} images that D judges together",
                hint=f"the nearest is --set training.microbatch.{role}={max(group, round(size / group) * group)}",
            )
        found[role] = size
    for name, strategy in strategies.items() if found else ():
        if reason := _whole_batch_only(strategy, catalogue.find(Kind.BALANCE, name).traits):
            raise UsageError(
                f"`{name}` {reason}, and does not go with training.microbatch",
                hint="leave one of them out, or share the batch between processes: --processes 2",
            )
    return found


def _check_batch(config: RunConfig, changes: Sequence[Change], ranks: Ranks, group: int) -> None:
    """Each process has as many images as any other, in whole groups of those that D judges together."""
    batch, unit = config.training.batch_size, ranks.count * group
    if batch % unit == 0:
        return
    if batch % group:
        what = (
            f"the discriminator `{config.discriminator.kind}` judges {group} images together, and a batch of {batch} "
            "cannot be cut into such groups"
        )
    else:
        groups = f", each in groups of {group}" if group > 1 else ""
        what = f"a batch of {batch} images cannot be shared equally by {ranks.count} processes{groups}"
    near = max(unit, round(batch / unit) * unit)
    by = next((change.strategy for change in changes if change.path == "training.batch_size"), None)
    raise UsageError(
        what, hint=f"`{by}` made it {batch}; {near} would do" if by else f"the nearest is --batch-size {near}"
    )


def check_whole_batch_loss(loss: Loss, config: RunConfig, ranks: Ranks, catalogue: Catalogue) -> None:
    """A turn that a strategy plays may need second derivatives, and those across processes are not there.

    Raises:
        UsageError: several processes, a loss of the whole batch, and such a strategy.
    """
    if ranks.count == 1 or not loss.whole_batch:
        return
    for name in (*config.method, *config.balance):
        if Trait.PLAYS in catalogue.find(Kind.BALANCE, name).traits:
            raise UsageError(
                f"`{name}` plays whole turns, and between processes the loss `{config.loss.kind}`, a formula of the "
                "whole batch, would lack second derivatives",
                hint="train in one process, or take a loss that judges each image, or each pair, by itself",
            )


def check_batch_norm(
    networks: Mapping[Role, nn.Module], batch: int, ranks: Ranks, microbatch: Mapping[Role, int]
) -> None:
    """Batch norm of dense layers has more than one image to normalise over.

    Args:
        networks: both.
        batch: images, over all processes.
        ranks: who shares them.
        microbatch: images that a process works on at once, by role, where they are fewer than its share.

    Raises:
        UsageError: it would see one image by itself.
    """
    for role, network in networks.items():
        smallest = ranks.share(batch).cut(microbatch.get(role))[-1].count
        if smallest == 1 and any(isinstance(module, nn.BatchNorm1d) for module in network.modules()):
            raise UsageError(
                f"the {role}'s BatchNorm would see one image at a time, over which nothing can be normalised",
                hint="give each process, and each part of training.microbatch, two images or more: --batch-size, "
                f"--set training.microbatch.{role}",
            )


def note_on_batch_norm(step: AdversarialStep, batch: int) -> Iterator[str]:
    """A line for each network whose BatchNorm sees fewer images than the batch has."""
    for player in (step.generator, step.discriminator):
        seen = step.microbatch.get(player.role, step.ranks.share(batch).count)
        if seen < batch and any(isinstance(module, _BatchNorm) for module in player.network.modules()):
            yield f"the {player.role}'s BatchNorm normalises over {seen} of a batch's {batch} images at a time"


def _whole_batch_only(strategy: BalancingStrategy, traits: frozenset[Trait]) -> str:
    """Why it cannot work on parts, or ""; terms that need a mean over the batch say so when they ask for it."""
    if Trait.PLAYS in traits:
        return "plays whole turns on one batch"
    if Trait.REMEMBERS_BATCHES in traits and type(strategy).views is not BalancingStrategy.views:
        return "remembers each batch it sees, and would take parts for batches"
    return ""
