"""path-length: a step in style space changes the image by the same amount everywhere, in every direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from ganzoo.contracts import BalancingStrategy, Role, Term, TermInput
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.contracts import Generator


class PathLengthConfig(StrategyConfig):
    """How strongly, how often, and over how many images."""

    weight: float = Field(default=2.0, ge=0)
    """Factor on the penalty; 0: none is computed."""
    every: int = Field(default=8, ge=1)
    """Computed in every n-th step only, then weighted n-fold."""
    shrink: int = Field(default=2, ge=1)
    """Computed on one of so many images of the batch; each stands for the others."""
    decay: float = Field(default=0.01, gt=0, le=1)
    """Weight of the present in the moving average that lengths are compared with."""


def path_lengths(generator: Generator, latents: Tensor, labels: Tensor | None, noise: Tensor) -> Tensor:
    """||J^T y||: how far the image moves along `noise` when the style moves, one value an image.

    Args:
        generator: differentiable twice.
        latents: [N, latent_dim].
        labels: [N] or None.
        noise: y, [N, C, H, W], standard normal over the root of H x W.

    Returns:
        [N] float32; for a style with layers, the root of the mean square over them.

    Source: Karras et al. 2020, section 3.2, eq. 4.
    """
    import torch

    style = generator.embed(latents, labels)
    if not style.requires_grad:
        style = style.detach().requires_grad_()
    moved = (generator.synthesise(style).float() * noise).sum()
    (gradient,) = torch.autograd.grad(moved, style, create_graph=True)
    squares = gradient.float().square().sum(dim=-1)
    return (squares if squares.dim() == 1 else squares.flatten(1).mean(dim=1)).sqrt()


class PathLength(BalancingStrategy):
    """Adds lambda x E (||J^T y|| - a)² to G's loss; J: how images change with the style, a: the average so far.

    G's images become smoother in the style, and G easier to invert. It costs a further forward of G and a second
    backward, in few steps. For a generator without a style of its own it works on the latents. Ill with batch norm.

    Source: Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", section 3.2 and appendix B:
    every 8th step, half of the batch, decay 0.01. Weight 2 with noise over the root of the pixels: the authors' code.
    """

    def __init__(self, config: PathLengthConfig) -> None:
        self.config = config
        self.average: Tensor | None = None

    def terms(self) -> Sequence[Term]:
        """One term of G's, or none."""
        if self.config.weight == 0:
            return ()
        return (
            Term(
                name="path_length",
                role=Role.GENERATOR,
                value=self._value,
                weight=self.config.weight,
                every=self.config.every,
            ),
        )

    def _value(self, given: TermInput) -> Tensor:
        import torch

        fake = given.fake.drawn
        assert fake.latents is not None  # fakes have them
        images = len(fake.images)
        count = max(1, images // self.config.shrink)
        labels = None if fake.labels is None else fake.labels[:count]
        channels, height, width = fake.images.shape[1:]
        noise = given.draws.normal(channels, height, width)[:count] / (height * width) ** 0.5
        lengths = path_lengths(given.generator, fake.latents[:count], labels, noise)
        now = given.mean_over_ranks(lengths.detach().mean())
        before = torch.zeros_like(now) if self.average is None else self.average.to(now)
        # An update that is not finite is left out; what it measured must not stay behind in the average.
        self.average = torch.lerp(before, torch.where(now.isfinite(), now, before), self.config.decay)
        penalty = (lengths - self.average).square()
        return penalty[torch.arange(images, device=penalty.device) % count]

    def state_dict(self) -> dict[str, object]:
        """The average."""
        return {} if self.average is None else {"average": self.average}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""
        import torch

        average = state.get("average")
        assert average is None or isinstance(average, torch.Tensor)
        self.average = average


SPEC = BalancingSpec(
    name="path-length",
    summary="G's images change by the same amount with every step in style space",
    source="Karras et al. 2020, Analyzing and Improving the Image Quality of StyleGAN (arXiv 1912.04958), 3.2",
    config=PathLengthConfig,
    build=PathLength,
    traits=frozenset({Trait.REMEMBERS_BATCHES, Trait.IMAGES_ONLY}),
)
