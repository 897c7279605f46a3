"""A discriminator divided by its own slope. Imports torch; loaded when `gradient-normalisation` builds one."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ganzoo.contracts import Discriminator, ImageShape, Judgement
from ganzoo_balance.penalties import gradient_at

TINY = 1e-12
"""Keeps 0 / 0 out where D is zero and flat at an image."""


def normalised_by_gradient(logits: Tensor, gradient_norm: Tensor) -> Tensor:
    """f / (||grad f|| + |f|), in [-1, 1].

    Args:
        logits: [N] or [N, J].
        gradient_norm: [N], of the logits (of their sum over J) at the images.

    Source: Wu et al. 2021, "Gradient Normalization for Generative Adversarial Networks", section 3.
    """
    norm = gradient_norm.view(-1, *[1] * (logits.dim() - 1))
    return logits / (norm + logits.abs()).clamp_min(TINY)


class GradientNormalised(Discriminator):
    """The discriminator it wraps, with normalised logits; extras, blocks and groups are those of the wrapped one.

    Each forward contains a backward to the images. Where gradients are switched off around it, they are switched on
    inside for that, and the answer carries none.

    Args:
        network: what is wrapped; must be differentiable twice.
    """

    def __init__(self, network: Discriminator) -> None:
        super().__init__(ImageShape(network.image_size, network.channels, network.num_classes))
        self.network = network
        self.extras = network.extras  # type: ignore[misc]  # a wrapper offers what it wraps, which no class can know
        self.group_size = network.group_size

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, C, H, W], labels [N] or None -> logits in [-1, 1], [N] or [N, J], float32."""
        wanted = torch.is_grad_enabled()
        with torch.enable_grad():
            if not images.requires_grad:
                images = images.detach().requires_grad_()
            judgement: Judgement = self.network(images, labels, want)
            with torch.autocast(images.device.type, enabled=False):  # the backward runs as the forward did, not twice
                logits = judgement.logits.to(torch.promote_types(judgement.logits.dtype, torch.float32))
                norm = torch.linalg.vector_norm(gradient_at(images, logits), dim=1)
                logits = normalised_by_gradient(logits, norm)
        if wanted:
            return Judgement(logits, judgement.extras)
        return Judgement(logits.detach(), {name: extra.detach() for name, extra in judgement.extras.items()})

    def blocks(self) -> Sequence[nn.Module]:
        """Those of the wrapped discriminator."""
        return self.network.blocks()
