"""Differentiable changes of images, one number an image. Imports torch; loaded with the first batch.

All are made of sums, products and gathers, so that penalties can be differentiated through them twice, which
torch's own `grid_sample` does not allow.
"""

from __future__ import annotations

import torch
from torch import Tensor

RGB = 3


def split_alpha(images: Tensor) -> tuple[Tensor, Tensor | None]:
    """[N, C, H, W] -> its colours (1 or 3 channels), and its alpha where there are 4."""
    return (images[:, :RGB], images[:, RGB:]) if images.shape[1] > RGB else (images, None)


def join_alpha(colours: Tensor, alpha: Tensor | None) -> Tensor:
    """What `split_alpha` took apart."""
    return colours if alpha is None else torch.cat([colours, alpha], dim=1)


def recoloured(images: Tensor, brightness: Tensor, saturation: Tensor, contrast: Tensor) -> Tensor:
    """Brightness added, then the distance from grey scaled, then the distance from the image's mean. Alpha stays.

    Args:
        images: [N, C, H, W] in [-1, 1]; the result may leave this range.
        brightness: [N], 0: unchanged.
        saturation: [N], 1: unchanged.
        contrast: [N], 1: unchanged.
    """
    colours, alpha = split_alpha(images)
    colours = colours + brightness.view(-1, 1, 1, 1)
    grey = colours.mean(dim=1, keepdim=True)
    colours = grey + (colours - grey) * saturation.view(-1, 1, 1, 1)
    mean = colours.mean(dim=(1, 2, 3), keepdim=True)
    return join_alpha(mean + (colours - mean) * contrast.view(-1, 1, 1, 1), alpha)


def translated(images: Tensor, right: Tensor, down: Tensor) -> Tensor:
    """Moved by whole pixels; what comes in from outside is 0, mid-grey.

    Args:
        images: [N, C, H, W].
        right: [N] int64, pixels.
        down: [N] int64, pixels.
    """
    return _moved(_moved(images, down, dim=2), right, dim=3)


def _moved(images: Tensor, by: Tensor, dim: int) -> Tensor:
    size = images.shape[dim]
    shape = [len(images), 1, 1, 1]
    shape[dim] = size
    source = (torch.arange(size, device=images.device) - by[:, None]).view(shape)
    inside = (source >= 0) & (source < size)
    return images.gather(dim, source.clamp(0, size - 1).expand_as(images)) * inside


def cut_out(images: Tensor, column: Tensor, row: Tensor, size: int) -> Tensor:
    """A square set to 0, mid-grey; beyond the border it is cut off, but at least the border's pixels go.

    Args:
        images: [N, C, H, W].
        column: [N] int64, of the square's middle.
        row: [N] int64, of the square's middle.
        size: side of the square in pixels; 0: nothing is cut.
    """
    if size == 0:
        return images
    height, width = images.shape[2:]
    cut = _within(row, size, height)[:, None, :, None] & _within(column, size, width)[:, None, None, :]
    return images * ~cut


def _within(middle: Tensor, size: int, length: int) -> Tensor:
    """[N] middles -> [N, length] booleans."""
    first = (middle - size // 2).clamp(0, length - 1)
    last = (middle - size // 2 + size - 1).clamp(0, length - 1)
    position = torch.arange(length, device=middle.device)
    return (position >= first[:, None]) & (position <= last[:, None])
