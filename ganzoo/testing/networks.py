"""What the checks of generators and discriminators share."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TypeVar

import torch
from torch import Tensor, nn

from ganzoo.contracts import Discriminator, Generator, ImageShape
from ganzoo.errors import UsageError
from ganzoo.testing.rules import Rules

N = TypeVar("N", bound=nn.Module)

SIZES = (32, 64)
CHANNELS = (1, 3)
CLASSES = 3
STIR = 0.02
"""Standard deviation of what is added to each parameter before its gradient is looked at."""


def built(
    rules: Rules, build: Callable[[ImageShape], N], sizes: Sequence[int], channels: Sequence[int]
) -> Iterator[tuple[ImageShape, N]]:
    """The network for every shape it does not refuse, without labels and with three.

    Raises:
        ContractError: it refused all shapes without labels.
    """
    refused: list[str] = []
    shapes = [ImageShape(size, count, labels) for labels in (None, CLASSES) for size, count in product(sizes, channels)]
    some = False
    for shape in shapes:
        torch.manual_seed(0)
        try:
            network = build(shape)
        except UsageError as error:
            refused.append(str(error))
            continue
        some = some or shape.num_classes is None
        yield shape, network
    rules.require(some, f"it can be built for one of the sizes {tuple(sizes)} without labels", "; ".join(refused))


@torch.no_grad()
def away_from_zero(network: N) -> N:
    """A copy with each parameter moved a little: branches that begin at zero pass no gradient before an update."""
    moved = copy.deepcopy(network)
    generator = torch.Generator().manual_seed(0)
    for parameter in moved.parameters():
        parameter.add_(torch.randn(parameter.shape, generator=generator), alpha=STIR)
    return moved


def labels_for(shape: ImageShape, images: int) -> Tensor | None:
    """[N] labels that hold every class, or None where the shape has none."""
    return None if shape.num_classes is None else torch.arange(images) % shape.num_classes


def check_shape_attributes(rules: Rules, network: Generator | Discriminator, shape: ImageShape) -> None:
    """The network says what it was built for."""
    said = (network.image_size, network.channels, network.num_classes)
    rules.require(
        said == (shape.size, shape.channels, shape.num_classes),
        "`image_size`, `channels` and `num_classes` are those it was built for",
        f"{said} for {shape}",
    )


def check_state(rules: Rules, network: N, fresh: N, answer: Callable[[N], Tensor]) -> None:
    """Its state dict, loaded into a new one, gives the same answers: nothing that was learned lies elsewhere.

    Args:
        rules: for the message.
        network: with weights moved away from where they began.
        fresh: another, built with another seed.
        answer: of a network, in eval().
    """
    missing = fresh.load_state_dict(network.state_dict(), strict=False)
    names = [*missing.missing_keys, *missing.unexpected_keys]
    rules.require(not names, "two of one configuration have the same state dict", ", ".join(names))
    with torch.no_grad():
        alike = torch.equal(answer(network.eval()), answer(fresh.eval()))
    rules.require(alike, "its state dict, loaded into a new one, gives the same answers: what it learns is a parameter")


def check_gradients(rules: Rules, network: nn.Module, why: str) -> None:
    """Every trainable parameter has a gradient that is finite and not all zero."""
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        gradient = parameter.grad
        rules.require(
            gradient is not None and bool(gradient.any()),
            f"{why} reaches every parameter",
            f"none at `{name}`",
        )
        rules.require(bool(gradient.isfinite().all()), f"{why} is finite", f"not at `{name}`")  # type: ignore[union-attr]  # checked above
    network.zero_grad(set_to_none=True)
