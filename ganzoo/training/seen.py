"""What a forward of D shows: the numbers that strategies, the doctor and metrics.jsonl read."""

from __future__ import annotations

import torch
from torch import Tensor

from ganzoo.contracts import Loss

FLAT = 4.6
"""Logits from the middle of a sigmoid at which it says 99 %, and hardly changes any more."""


@torch.no_grad()
def seen_by_discriminator(
    loss: Loss, real: Tensor, fake: Tensor, loss_real: Tensor, loss_fake: Tensor
) -> dict[str, Tensor]:
    """0-dim tensors by name, on the device: nothing is read yet.

    Args:
        loss: says which judgements are right.
        real: [B] or [B, J] logits.
        fake: likewise.
        loss_real: D's loss on its reals, 0-dim.
        loss_fake: on its fakes, 0-dim.
    """
    right = loss.correct(real, fake)
    accuracy_real, accuracy_fake = right.real.float().mean(), right.fake.float().mean()
    return {
        "loss": (loss_real + loss_fake).detach(),
        "loss_real": loss_real.detach(),
        "loss_fake": loss_fake.detach(),
        "accuracy": (accuracy_real + accuracy_fake) / 2,
        "accuracy_real": accuracy_real,
        "accuracy_fake": accuracy_fake,
        "logit_real": real.mean(),
        "logit_fake": fake.mean(),
        "sign_real": (real - loss.undecided).sign().mean(),
        "saturation": saturation(loss, real, fake),
    }


def saturation(loss: Loss, real: Tensor, fake: Tensor) -> Tensor:
    """Share of judgements further from undecided than `FLAT`, 0-dim.

    Args:
        loss: where it compares the two sides, a judgement is their difference; else each logit is one.
        real: [B] or [B, J] logits.
        fake: likewise.
    """
    judgements = real - fake if loss.generator_uses_real else torch.cat([real, fake]) - loss.undecided
    return (judgements.abs() > FLAT).float().mean()


@torch.no_grad()
def seen_by_generator(loss: Tensor, fake: Tensor, real: Tensor | None) -> dict[str, Tensor]:
    """Likewise, of G's turn.

    Args:
        loss: G's, 0-dim.
        fake: [B] or [B, J] logits.
        real: likewise, where the loss reads them.
    """
    shown = {"loss": loss.detach(), "logit_fake": fake.mean()}
    return shown if real is None else {**shown, "logit_real": real.mean()}
