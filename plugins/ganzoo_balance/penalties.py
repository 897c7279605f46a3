"""Penalties on the slope of D, as pure functions, and the term that R1 and R2 are. Torch-free until one is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ganzoo.contracts import Origin, Role, Term, TermInput
from ganzoo.plugin import NotNegative, Scheduled

if TYPE_CHECKING:
    from torch import Tensor

Weight = NotNegative
"""A factor of 0 or more, or a schedule over the images seen."""
Every = Annotated[int, Field(ge=1)]
"""In which steps a penalty is computed: every n-th, n at least 1."""


def gradient_at(images: Tensor, logits: Tensor) -> Tensor:
    """Gradient of D's logits at the images it judged, kept differentiable.

    The graph may hold bf16 (autocast); the gradient arrives at `images` in their own float32, so that whatever is
    summed over it is summed in float32.

    Args:
        images: [N, C, H, W] float32, requires grad.
        logits: [N] or [N, J], D at `images`; the sum over J is what is differentiated.

    Returns:
        [N, C x H x W] float32, in logit per pixel unit. Zeros where the logits do not depend on `images`.
    """
    import torch

    (gradient,) = torch.autograd.grad(logits.sum(), images, create_graph=True, materialize_grads=True)
    return gradient.flatten(1)


def squared_gradient_norm(images: Tensor, logits: Tensor) -> Tensor:
    """||grad D(x)||², one value an image: [N], in logit² per pixel unit². Arguments as of `gradient_at`.

    Source: Mescheder et al. 2018, "Which Training Methods for GANs do actually Converge?", eq. 9.
    """
    return gradient_at(images, logits).square().sum(dim=1)


def slope_penalty(name: str, origin: Origin, gamma: Scheduled, every: int) -> Term:
    """A term of D's: gamma / 2 x E ||grad D||² over one side's images as drawn (R1 the reals, R2 the fakes)."""

    def half_squared_slope(given: TermInput) -> Tensor:
        side = given.sides[origin]
        return 0.5 * squared_gradient_norm(side.drawn.images, side.judgement.logits)

    return Term(
        name=name,
        role=Role.DISCRIMINATOR,
        value=half_squared_slope,
        weight=gamma,
        every=every,
        gradients_at=frozenset({origin}),
    )


def distance_from_slope_one(images: Tensor, logits: Tensor) -> Tensor:
    """(||grad D(x)|| - 1)², one value an image: [N]. Arguments as of `gradient_at`.

    Where the gradient is exactly zero the norm has no derivative; 0 is taken.

    Source: Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", eq. 3.
    """
    import torch

    norm: Tensor = torch.linalg.vector_norm(gradient_at(images, logits), dim=1)
    return (norm - 1.0).square()


def interpolated(real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """share x real + (1 - share) x fake.

    Args:
        real: [N, C, H, W].
        fake: [N, C, H, W].
        share: [N, 1, 1, 1] in [0, 1].
    """
    return fake + share * (real - fake)


def one_an_image(logits: Tensor) -> Tensor:
    """Logits [N] as they are; [N, J] of patches or heads as their mean: [N]."""
    return logits if logits.dim() == 1 else logits.flatten(1).mean(dim=1)
