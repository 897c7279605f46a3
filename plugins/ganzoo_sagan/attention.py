"""Self-attention over positions. Imports torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganzoo.plugin import UsageError

REDUCTION = 8


class SelfAttention(nn.Module):
    """x + gamma v(sum over positions i of b_ji h(x_i)), b_ji = softmax over i of <f(x_i), g(x_j)>; gamma begins at 0.

    f, g and h have an eighth of the channels. Every position looks at every other: n² numbers for n positions.

    Source: Zhang et al. 2019, "Self-Attention Generative Adversarial Networks", section 3, eqs. 1 to 3.

    Args:
        width: channels.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        inner = max(1, width // REDUCTION)
        self.query, self.key, self.value = (nn.Conv2d(width, inner, 1, bias=False) for _ in range(3))
        self.out = nn.Conv2d(inner, width, 1, bias=False)
        for layer in (self.query, self.key, self.value, self.out):
            nn.init.xavier_uniform_(layer.weight)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, images: Tensor) -> Tensor:
        """[N, width, H, W] -> the same shape."""
        query, key, value = (layer(images).flatten(2) for layer in (self.query, self.key, self.value))
        shares = torch.softmax((query.mT @ key).float(), dim=2).to(value.dtype)  # [N, positions, positions]
        gathered = (value @ shares.mT).unflatten(2, images.shape[2:])
        result: Tensor = images + self.gamma * self.out(gathered)
        return result


def check_attention(size: int, sizes: list[int], network: str) -> None:
    """Nothing, where a stage of the network has features of `size` pixels.

    Raises:
        UsageError: none has; the hint is the nearest.
    """
    if size not in sizes:
        nearest = min(sizes, key=lambda known: (abs(known - size), known))
        raise UsageError(
            f"sagan: no stage of the {network} has features of {size} px; there are {', '.join(map(str, sizes))}",
            hint=f"the nearest is --set {network}.attention_size={nearest}",
        )
