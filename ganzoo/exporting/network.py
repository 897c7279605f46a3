"""The generator as it leaves the house: no strategy in it, images in [-1, 1]."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection

import torch
from torch import Tensor, nn

from ganzoo.contracts import Generator


def on_the_cpu(generator: Generator) -> Generator:
    """A copy there, in eval mode, in the usual memory layout, its parameters frozen."""
    copied = copy.deepcopy(generator).cpu().to(memory_format=torch.contiguous_format)
    return copied.requires_grad_(False).eval()


def weights_as_used(generator: nn.Module, names: Collection[str]) -> dict[str, Tensor] | None:
    """Named weights and buffers as a forward uses them; None where they are not those of this network.

    What a strategy has put around a weight (spectral norm, as a parametrisation) is worked into it, so that the network
    can do without the strategy.

    Args:
        generator: in eval mode.
        names: those of the same architecture without strategies.
    """
    state = generator.state_dict()
    if state.keys() == set(names):
        return dict(state)
    found: dict[str, Tensor] = {}
    for name in names:
        owner, _, attribute = name.rpartition(".")
        try:
            value = getattr(generator.get_submodule(owner), attribute)
        except AttributeError:
            return None
        if not isinstance(value, Tensor):
            return None
        found[name] = value.detach()
    return found


class Drawing(nn.Module):
    """latents [N, latent_dim] and, of a conditional generator, labels [N] int64 -> images [N, C, H, W] in [-1, 1].

    What an unbounded generator makes beyond is clipped, as where ganzoo shows it.

    Args:
        generator: in eval mode.
    """

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator
        self.clips = not generator.bounded
        self.eval()

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images of latents."""
        images: Tensor = self.generator(latents, labels)
        return images.clamp(-1.0, 1.0) if self.clips else images


def example_inputs(generator: Generator, count: int, seed: int = 0) -> tuple[Tensor, ...]:
    """Latents [count, latent_dim], and labels in turn where the generator is conditional; on the CPU."""
    latents = torch.randn(count, generator.latent_dim, generator=torch.Generator().manual_seed(seed))
    if generator.num_classes is None:
        return (latents,)
    return latents, torch.arange(count) % generator.num_classes


Call = Callable[..., Tensor]


@torch.no_grad()
def largest_difference(original: Call, exported: Call, inputs: tuple[Tensor, ...]) -> float:
    """Over all pixels of the images made of the inputs, in one batch and of the first by itself; in [0, 2]."""
    whole, first = inputs, tuple(tensor[:1] for tensor in inputs)
    return max(float((original(*some) - exported(*some)).abs().max()) for some in (whole, first))
