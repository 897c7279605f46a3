"""Does a discriminator keep its contract?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn

from ganzoo.contracts import Discriminator, ImageShape
from ganzoo.contracts.parts import DiscriminatorConfig
from ganzoo.errors import ContractError
from ganzoo.registry.specs import DiscriminatorSpec
from ganzoo.testing.devices import META, check_network_device
from ganzoo.testing.networks import (
    CHANNELS,
    SIZES,
    away_from_zero,
    built,
    check_gradients,
    check_shape_attributes,
    check_state,
    labels_for,
)
from ganzoo.testing.rules import Rules, check_described, check_documented

D = TypeVar("D", bound=DiscriminatorConfig)

IMAGES = 6
CLASS_LOGITS = "class_logits"


def check_discriminator(
    spec: DiscriminatorSpec[D],
    config: D | None = None,
    sizes: Sequence[int] = SIZES,
    channels: Sequence[int] = CHANNELS,
) -> None:
    """Check logits, extras, gradients once and twice, labels, state and device, for every shape that is not refused.

    Args:
        spec: the discriminator.
        config: its settings; by default their defaults. Small ones make the check quick.
        sizes: image sizes to try. One that is refused with `UsageError` is left out.
        channels: numbers of channels to try, likewise.

    Raises:
        ContractError: a rule is broken.
    """
    rules = Rules(spec)
    check_described(rules, spec)
    settings = config or spec.config()
    for shape, network in built(rules, lambda shape: spec.build(settings, shape), sizes, channels):
        check_shape_attributes(rules, network, shape)
        images = _images(rules, network, shape)
        labels = labels_for(shape, len(images))
        _check_answers(rules, network, images, labels)
        _check_learning(rules, network, images, labels)
        _check_blocks(rules, network)
        check_documented(rules, network)
        check_state(rules, away_from_zero(network), spec.build(settings, shape), _judge(images, labels))
        check_network_device(
            rules, network, _judge(images.to(META), None if labels is None else labels.to(META), network.extras)
        )


def _judge(images: Tensor, labels: Tensor | None, want: frozenset[str] = frozenset()) -> Callable[[nn.Module], Tensor]:
    def judge(network: nn.Module) -> Tensor:
        logits: Tensor = network(images, labels, want).logits
        return logits

    return judge


def _images(rules: Rules, network: Discriminator, shape: ImageShape) -> Tensor:
    rules.require(network.group_size >= 1, "`group_size` is at least 1", str(network.group_size))
    count = network.group_size * math.ceil(IMAGES / network.group_size)
    return torch.rand(count, shape.channels, shape.size, shape.size) * 2 - 1


def _check_answers(rules: Rules, network: Discriminator, images: Tensor, labels: Tensor | None) -> None:
    network.eval()
    with torch.no_grad():
        judgement = network(images, labels)
        logits = judgement.logits
        rules.require(
            logits.dim() in (1, 2) and len(logits) == len(images),
            "logits are [N] or [N, J]",
            f"{tuple(logits.shape)} for {len(images)} images",
        )
        rules.require(not judgement.extras, "extras not asked for are left out", str(set(judgement.extras)))
        rules.require(torch.equal(logits, network(images, labels).logits), "in eval() the forward is deterministic")
        for name in sorted(network.extras):
            extras = network(images, labels, frozenset({name})).extras
            rules.require(set(extras) == {name}, f"`{name}`, asked for, is given, and no other", str(set(extras)))
            rules.require(len(extras[name]) == len(images), f"`{name}` is [N, ...]", str(tuple(extras[name].shape)))
        if labels is not None and CLASS_LOGITS not in network.extras:  # one that names the class does not need it
            rules.require(
                not torch.equal(logits, network(images, labels.roll(1)).logits),
                "other labels give other logits; a discriminator without labels refuses them with UsageError, "
                f"or names the class itself, in the extra `{CLASS_LOGITS}`",
            )


def _check_learning(rules: Rules, network: Discriminator, images: Tensor, labels: Tensor | None) -> None:
    network = away_from_zero(network).train()
    judgement = network(images, labels, network.extras)
    answers = [judgement.logits, *judgement.extras.values()]
    sum((answer * torch.randn_like(answer)).sum() for answer in answers).backward()
    check_gradients(rules, network, "the gradient of the logits or of an extra")

    gradients = _second_derivative(rules, network, images.clone().requires_grad_(), labels)
    rules.require(
        any(bool(gradient.any()) for gradient in gradients),
        "gradient penalties train it: the gradient at the images depends on the parameters",
    )
    rules.require(all(bool(gradient.isfinite().all()) for gradient in gradients), "the second derivative is finite")


def _second_derivative(rules: Rules, network: Discriminator, images: Tensor, labels: Tensor | None) -> list[Tensor]:
    """Gradients at the parameters of the squared gradient at the images; empty where it is constant."""
    logits = network(images, labels).logits
    (at_images,) = torch.autograd.grad((logits * torch.randn_like(logits)).sum(), images, create_graph=True)
    rules.require(bool(at_images.any()), "logits have a gradient at the images")
    if not at_images.requires_grad:
        return []
    try:
        at_images.square().sum().backward()  # type: ignore[no-untyped-call]  # torch's own
    except RuntimeError as error:  # torch names the operation that has no second derivative
        raise ContractError(f"{rules.name}: it can be differentiated twice", hint=str(error)) from error
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    network.zero_grad(set_to_none=True)
    return gradients


def _check_blocks(rules: Rules, network: Discriminator) -> None:
    blocks, modules = list(network.blocks()), set(network.modules())
    rules.require(bool(blocks), "`blocks` names at least one part of the body, for freezing")
    parts = [part for block in blocks for part in (block if isinstance(block, nn.ModuleList) else [block])]
    rules.require(all(part in modules for part in parts), "`blocks` are modules of the network, or lists of such")
