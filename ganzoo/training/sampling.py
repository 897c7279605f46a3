"""Images from a trained generator: the same latents give the same images."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ganzoo.contracts import Generator
from ganzoo.evaluation.quantise import as_shown
from ganzoo.training.ema import latents_and_labels

BATCH = 64


def draw_images(generator: Generator, seed: int, purpose: str) -> Callable[[int, int], Tensor]:
    """A function (start, count) -> images [count, C, H, W] in [-1, 1]: image i is always made from latent i.

    Args:
        generator: in eval mode.
        seed: of the latents.
        purpose: separates the grid's latents from the evaluation's.
    """

    @torch.inference_mode()
    def draw(start: int, count: int) -> Tensor:
        first, last = start // BATCH, (start + count - 1) // BATCH
        batches = [
            generator(*latents_and_labels(generator, seed, purpose, index, BATCH)) for index in range(first, last + 1)
        ]
        offset = start - first * BATCH
        return torch.cat(batches)[offset : offset + count].float()

    return draw


def draw_labels(generator: Generator, seed: int, purpose: str) -> Callable[[int, int], Tensor | None]:
    """A function (start, count) -> the labels [count] of those images, or None where G is unconditional."""

    def draw(start: int, count: int) -> Tensor | None:
        if generator.num_classes is None:
            return None
        first, last = start // BATCH, (start + count - 1) // BATCH
        batches = [
            labels
            for index in range(first, last + 1)
            if (labels := latents_and_labels(generator, seed, purpose, index, BATCH)[1]) is not None
        ]
        offset = start - first * BATCH
        return torch.cat(batches)[offset : offset + count]

    return draw


def sample_images(generator: Generator, count: int, seed: int = 0) -> Tensor:
    """Images [count, C, H, W] uint8, or points [count, dim, 1, 1] float32, from fixed latents, on the CPU."""
    draw = draw_images(generator, seed, "samples")
    parts = [as_shown(draw(start, min(BATCH, count - start))).cpu() for start in range(0, count, BATCH)]
    return torch.cat(parts)
