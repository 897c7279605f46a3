"""The vision transformer of DINOv2, as far as its class token needs it.

Source: Oquab et al. 2023, "DINOv2: Learning Robust Visual Features without Supervision"; Dosovitskiy et al. 2020, "An
Image is Worth 16x16 Words", for the layers; Touvron et al. 2021, "Going deeper with Image Transformers", for the
scaled residual branches.
"""

from __future__ import annotations

import io
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

PATCH = 14
TRAINED_GRID = 37
"""Patches a side the positions were trained for: 518 pixels."""
OFFSET = 0.1
"""Added to the number of patches where positions are interpolated, as the published models do."""


class Shape(NamedTuple):
    """Of a transformer."""

    dim: int
    blocks: int
    heads: int


# The weights file fixes the attributes' names below: it is loaded with strict=True.


class Attention(nn.Module):
    """Every token looks at every other."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """[N, T, dim] -> the same."""
        count, length, dim = tokens.shape
        queries, keys, values = (
            self.qkv(tokens).reshape(count, length, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        )
        seen = functional.scaled_dot_product_attention(queries, keys, values)
        mixed: Tensor = self.proj(seen.transpose(1, 2).reshape(count, length, dim))
        return mixed


class FeedForward(nn.Module):
    """Two layers on each token alone."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(dim, 4 * dim)
        self.fc2 = nn.Linear(4 * dim, dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """[N, T, dim] -> the same."""
        outputs: Tensor = self.fc2(functional.gelu(self.fc1(tokens)))
        return outputs


class LayerScale(nn.Module):
    """A learned factor a channel."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(dim))

    def forward(self, tokens: Tensor) -> Tensor:
        """[N, T, dim] -> the same."""
        return tokens * self.gamma


class Block(nn.Module):
    """Attention and feed-forward, each added to its input."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.attn = Attention(dim, heads)
        self.ls1 = LayerScale(dim)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = FeedForward(dim)
        self.ls2 = LayerScale(dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """[N, T, dim] -> the same."""
        tokens = tokens + self.ls1(self.attn(self.norm1(tokens)))
        outputs: Tensor = tokens + self.ls2(self.mlp(self.norm2(tokens)))
        return outputs


class PatchEmbedding(nn.Module):
    """Each patch of 14 x 14 pixels as one token."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, dim, PATCH, PATCH)

    def forward(self, images: Tensor) -> Tensor:
        """[N, 3, H, W] -> [N, H W / 196, dim]."""
        tokens: Tensor = self.proj(images).flatten(2).transpose(1, 2)
        return tokens


class VisionTransformer(nn.Module):
    """Normalised images [N, 3, S, S], S a multiple of 14 -> the class token after the last norm, [N, dim]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, shape.dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + TRAINED_GRID**2, shape.dim))
        self.mask_token = nn.Parameter(torch.zeros(1, shape.dim))  # of the training; in the file
        self.patch_embed = PatchEmbedding(shape.dim)
        self.blocks = nn.Sequential(*(Block(shape.dim, shape.heads) for _ in range(shape.blocks)))
        self.norm = nn.LayerNorm(shape.dim, eps=1e-6)

    def forward(self, images: Tensor) -> Tensor:
        """Features [N, dim]."""
        patches = self.patch_embed(images)
        tokens = torch.cat([self.cls_token.expand(len(patches), -1, -1), patches], dim=1)
        tokens = self.blocks(tokens + self._positions(images.shape[-1] // PATCH))
        features: Tensor = self.norm(tokens[:, 0])
        return features

    def _positions(self, grid: int) -> Tensor:
        """[1, 1 + grid^2, dim]: those trained, interpolated to `grid` patches a side."""
        if grid == TRAINED_GRID:
            return self.pos_embed
        first, rest = self.pos_embed[:, :1], self.pos_embed[:, 1:]
        square = rest.reshape(1, TRAINED_GRID, TRAINED_GRID, -1).permute(0, 3, 1, 2)
        factor = (grid + OFFSET) / TRAINED_GRID
        resized = functional.interpolate(square, scale_factor=(factor, factor), mode="bicubic")
        return torch.cat([first, resized.flatten(2).transpose(1, 2)], dim=1)


def load_network(weights: bytes, shape: Shape) -> VisionTransformer:
    """The network with the weights of a state dict file's content, in eval mode, without gradients.

    Raises:
        RuntimeError: the weights are of another network.
    """
    with torch.device("meta"):  # nothing is initialised, so no random number is drawn
        network = VisionTransformer(shape)
    state = torch.load(io.BytesIO(weights), map_location="cpu", weights_only=True)
    network.load_state_dict(state, strict=True, assign=True)
    return network.requires_grad_(False).eval()
