"""Does a generator keep its contract?"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn

from ganzoo.contracts import Generator, ImageShape
from ganzoo.contracts.parts import GeneratorConfig
from ganzoo.registry.specs import GeneratorSpec
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

G = TypeVar("G", bound=GeneratorConfig)

IMAGES = 6


def check_generator(
    spec: GeneratorSpec[G],
    config: G | None = None,
    sizes: Sequence[int] = SIZES,
    channels: Sequence[int] = CHANNELS,
) -> None:
    """Check shapes, range, determinism, gradients, labels, state and device, for each shape not refused.

    Args:
        spec: the generator.
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
        rules.require(
            network.latent_dim == settings.latent_dim,
            "`latent_dim` is the configured one",
            f"{network.latent_dim}, not {settings.latent_dim}",
        )
        check_shape_attributes(rules, network, shape)
        check_documented(rules, network)
        _check_images(rules, network, shape)
        _check_eval(rules, network, shape)
        latents, labels = torch.randn(IMAGES, network.latent_dim), labels_for(shape, IMAGES)
        check_state(rules, away_from_zero(network), spec.build(settings, shape), _drawer(latents, labels))
        check_network_device(rules, network, _drawer(latents.to(META), None if labels is None else labels.to(META)))


def _drawer(latents: Tensor, labels: Tensor | None) -> Callable[[nn.Module], Tensor]:
    def draw(network: nn.Module) -> Tensor:
        images: Tensor = network(latents, labels)
        return images

    return draw


def _check_images(rules: Rules, network: Generator, shape: ImageShape) -> None:
    network.train()
    latents, labels = torch.randn(IMAGES, network.latent_dim), labels_for(shape, IMAGES)
    images = network(latents, labels)
    expected = (IMAGES, shape.channels, shape.size, shape.size)
    rules.require(tuple(images.shape) == expected, "images are [N, C, H, W]", f"{tuple(images.shape)}, not {expected}")
    rules.require(images.dtype == torch.float32, "images are float32", str(images.dtype))
    low, high = images.min().item(), images.max().item()
    if network.bounded:
        rules.require(-1 <= low <= high <= 1, "images lie in [-1, 1]", f"[{low:g}, {high:g}]")
    moved = away_from_zero(network)
    images = moved(latents, labels)
    (images * torch.randn_like(images)).sum().backward()
    check_gradients(rules, moved, "the images' gradient")


def _check_eval(rules: Rules, network: Generator, shape: ImageShape) -> None:
    network.eval()
    latents, labels = torch.randn(IMAGES, network.latent_dim), labels_for(shape, IMAGES)
    with torch.no_grad():
        images = network(latents, labels)
        rules.require(torch.equal(images, network(latents, labels)), "in eval() the forward is deterministic")
        rules.require(
            torch.equal(images, copy.deepcopy(network)(latents, labels)),
            "a deep copy makes the same images; the average of G's weights is one",
        )
        rules.require(
            not torch.equal(images, network(torch.randn_like(latents), labels)),
            "other latents make other images",
        )
        if labels is not None:
            others, moved = labels.roll(1), away_from_zero(network)  # what labels do may begin at nothing
            rules.require(
                not torch.equal(images, network(latents, others))
                or not torch.equal(moved(latents, labels), moved(latents, others)),
                "other labels make other images; a generator without labels refuses them with UsageError",
            )
