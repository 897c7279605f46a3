"""ADA's random changes as matrices, and their application. Imports torch; loaded with the first batch.

Each change happens to an image with probability p, by itself. Source: Karras et al. 2020, "Training Generative
Adversarial Networks with Limited Data", appendix B, with the strengths given there. Left out: the wavelet filter
against aliasing around the geometric changes (they are sampled bilinearly, with mirrored borders), and the filtering,
noise and cutout that the paper found not to help.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganzoo.contracts import Draws
from ganzoo_balance.augmentations import join_alpha, split_alpha

LUMA = 1 / math.sqrt(3)
"""Each entry of the grey axis."""


def happens(values: Tensor, neutral: float, p: float, draws: Draws) -> Tensor:
    """[N, ...] -> the same, with the whole row neutral for those images to which the change does not happen."""
    chance = draws.named("chance").uniform(*[1] * (values.dim() - 1))[: len(values)]
    return torch.where(chance < p, values, torch.full_like(values, neutral))


def scaling(x: Tensor, y: Tensor) -> Tensor:
    """[N], [N] -> [N, 3, 3]."""
    return torch.diag_embed(torch.stack([x, y, torch.ones_like(x)], dim=1))


def rotation(angle: Tensor) -> Tensor:
    """[N] radians -> [N, 3, 3]."""
    cos, sin, zero, one = angle.cos(), angle.sin(), torch.zeros_like(angle), torch.ones_like(angle)
    return torch.stack([cos, -sin, zero, sin, cos, zero, zero, zero, one], dim=1).view(-1, 3, 3)


def translation(by: Tensor) -> Tensor:
    """[N, 2] -> [N, 3, 3]."""
    matrix = torch.eye(3, device=by.device).repeat(len(by), 1, 1)
    matrix[:, :2, 2] = by
    return matrix


def blit_matrix(p: float, size: int, count: int, draws: Draws) -> Tensor:
    """Mirrored, turned by quarter turns, moved by whole pixels: [N, 3, 3], of pixels from the image's middle."""
    flip, turn, move = (draws.named(name) for name in ("flip", "turn", "move"))
    mirrored = happens(1.0 - 2.0 * flip.integers(2)[:count].float(), 1.0, p, flip)
    turned = happens(turn.integers(4)[:count].float(), 0.0, p, turn)
    moved = happens((2.0 * move.uniform(2)[:count] - 1.0) * 0.125, 0.0, p, move)
    return scaling(mirrored, torch.ones_like(mirrored)) @ rotation(turned * math.pi / 2) @ translation(
        torch.round(moved * size)
    )  # fmt: skip


def geometric_matrix(p: float, size: int, count: int, draws: Draws) -> Tensor:
    """Scaled, turned, stretched, turned again, moved: [N, 3, 3], of pixels from the image's middle."""
    scale, before, stretch, after, move = (
        draws.named(name) for name in ("scale", "turn before", "stretch", "turn after", "move")
    )
    scaled = happens(torch.exp2(0.2 * scale.normal()[:count]), 1.0, p, scale)
    stretched = happens(torch.exp2(0.2 * stretch.normal()[:count]), 1.0, p, stretch)
    p_turn = 1.0 - math.sqrt(1.0 - p)  # of each of two: turned at all with probability p
    turned = [
        rotation(happens((2.0 * one.uniform()[:count] - 1.0) * math.pi, 0.0, p_turn, one)) for one in (before, after)
    ]
    moved = happens(0.125 * move.normal(2)[:count], 0.0, p, move)
    return (
        scaling(scaled, scaled)
        @ turned[0]
        @ scaling(stretched, 1.0 / stretched)
        @ turned[1]
        @ translation(moved * size)
    )


def colour_matrix(p: float, count: int, draws: Draws) -> tuple[Tensor, Tensor]:
    """Brightness, contrast, luma flip, hue, saturation: [N, 3, 3] and what is added, [N, 3, 1]."""
    bright, contrast, flip, hue, saturation = (
        draws.named(name) for name in ("brightness", "contrast", "luma flip", "hue", "saturation")
    )
    added = happens(0.2 * bright.normal()[:count], 0.0, p, bright).view(-1, 1, 1)
    contrasted = happens(torch.exp2(0.5 * contrast.normal()[:count]), 1.0, p, contrast).view(-1, 1, 1)
    flipped = happens(flip.integers(2)[:count].float(), 0.0, p, flip).view(-1, 1, 1)
    angle = happens((2.0 * hue.uniform()[:count] - 1.0) * math.pi, 0.0, p, hue).view(-1, 1, 1)
    saturated = happens(torch.exp2(saturation.normal()[:count]), 1.0, p, saturation).view(-1, 1, 1)

    eye = torch.eye(3, device=added.device)
    grey = torch.full((3, 3), LUMA * LUMA, device=added.device)
    across = LUMA * torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]], device=added.device)
    turned = angle.cos() * eye + angle.sin() * across + (1.0 - angle.cos()) * grey  # Rodrigues, around grey
    matrix = (grey + saturated * (eye - grey)) @ turned @ (eye - 2.0 * flipped * grey)
    return matrix * contrasted, (matrix * contrasted) @ added.expand(-1, 3, 1)


def recoloured(images: Tensor, matrix: Tensor, added: Tensor) -> Tensor:
    """[N, C, H, W], [N, 3, 3], [N, 3, 1] -> images with changed colours; grey ones by the mean of the three rows."""
    colours, alpha = split_alpha(images)
    if colours.shape[1] == 1:
        matrix, added = matrix.sum(dim=2, keepdim=True).mean(dim=1, keepdim=True), added.mean(dim=1, keepdim=True)
    return join_alpha((matrix @ colours.flatten(2) + added).view(colours.shape), alpha)


def resampled(images: Tensor, matrix: Tensor) -> Tensor:
    """Each pixel of the result from where the matrix sends it, bilinearly, borders mirrored.

    Args:
        images: [N, C, S, S].
        matrix: [N, 3, 3], from the result's pixels to the images', both counted from the middle.
    """
    size = images.shape[-1]
    middle = (size - 1) / 2
    line = torch.arange(size, device=images.device, dtype=torch.float32) - middle
    row, column = torch.meshgrid(line, line, indexing="ij")
    target = torch.stack([column, row, torch.ones_like(row)]).flatten(1)
    source = matrix[:, :2] @ target + middle
    corner = source.floor()
    right, down = (source - corner).unsqueeze(1).unbind(dim=2)
    left_column, top_row = corner.long().unbind(dim=1)
    flat = images.flatten(2)
    result = torch.zeros_like(flat)
    for below, share_down in ((0, 1.0 - down), (1, down)):
        for beside, share_right in ((0, 1.0 - right), (1, right)):
            index = mirrored(top_row + below, size) * size + mirrored(left_column + beside, size)
            result = result + share_down * share_right * flat.gather(2, index.unsqueeze(1).expand_as(flat))
    return result.view(images.shape)


def mirrored(index: Tensor, size: int) -> Tensor:
    """Any integer -> 0 ... size - 1, running back and forth."""
    index = index % (2 * size)
    return torch.minimum(index, 2 * size - 1 - index)
