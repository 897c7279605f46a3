"""Images of latents, as they are shown."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from ganzoo.errors import UsageError
from ganzoo.evaluation.quantise import as_shown
from ganzoo.latent.truncation import truncated_styles
from ganzoo.playing.trained import Trained
from ganzoo.training.sampling import BATCH


def sample(trained: Trained, count: int, seed: int = 0, truncation: float = 1.0, label: int | None = None) -> Tensor:
    """Images [count, C, H, W] uint8, or points [count, dim, 1, 1] float32, on the CPU.

    Args:
        trained: the generator.
        count: at least 1.
        seed: the same one gives the same images, the first ones however many there are.
        truncation: 1 leaves the latents; towards 0 the images grow alike, and usually better.
        label: of all of them; None: in turn where G is conditional.
    """
    return torch.cat(list(sampled(trained, count, seed, truncation, label)))


def sampled(
    trained: Trained, count: int, seed: int = 0, truncation: float = 1.0, label: int | None = None
) -> Iterator[Tensor]:
    """The same, a batch at a time."""
    if count < 1:
        raise UsageError(f"{count} images: it must be 1 or more")
    latents, labels = trained.latents(seed, count, label)
    for start in range(0, count, BATCH):
        some = slice(start, start + BATCH)
        yield shown(trained, latents[some], None if labels is None else labels[some], truncation)


@torch.inference_mode()
def shown(trained: Trained, latents: Tensor, labels: Tensor | None, truncation: float = 1.0) -> Tensor:
    """What these latents [N, latent_dim] give, as `sample` does."""
    parts = []
    for start in range(0, len(latents), BATCH):
        some = slice(start, start + BATCH)
        given = None if labels is None else labels[some]
        style = truncated_styles(trained.generator, latents[some], given, truncation, trained.middle)
        parts.append(as_shown(trained.generator.synthesise(style)).cpu())
    return torch.cat(parts)
