"""Do a recipe and its parts fit together?"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from ganzoo.config.compose import Request, compose
from ganzoo.config.models import RunConfig
from ganzoo.contracts import Discriminator, Generator, ImageShape
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import HOOKS, Kind, Offer, Plugin, Status, load_plugins
from ganzoo.registry.specs import ArchitectureSpec, Spec
from ganzoo.testing.rules import Rules, check_named

IMAGES = 6
OWNER = "under-check"


def check_architecture(recipe: ArchitectureSpec, *parts: Spec) -> None:
    """Check that a recipe and each of its presets resolve, and that its networks play one round with its loss.

    Args:
        recipe: the architecture.
        parts: what else its package offers: generators, discriminators, losses, strategies. They need not be
            installed.

    Raises:
        ContractError: a rule is broken.
    """
    rules = Rules(recipe)
    check_named(rules, recipe)
    for name, preset in recipe.presets.items():
        rules.require(bool(preset.summary.strip()), f"the preset `{name}` has a summary")
    catalogue = installed_with([recipe, *parts])
    configs = [_composed(rules, catalogue, recipe, preset) for preset in (None, *recipe.presets)]
    smallest = min(configs, key=lambda config: (config.data.image_size, _width(config)))
    _check_round(rules, catalogue, smallest)


def installed_with(specs: Sequence[Spec]) -> Catalogue:
    """The catalogue of what is installed, with these in the place of what has their names."""
    kinds = {expected: kind for kind, expected in HOOKS.values()}
    new = tuple(Offer(kinds[type(spec)], spec, OWNER) for spec in specs)
    names = {(offer.kind, offer.spec.name) for offer in new}
    others = tuple(
        offer for plugin in load_plugins() for offer in plugin.offers if (offer.kind, offer.spec.name) not in names
    )
    return Catalogue([Plugin(OWNER, OWNER, OWNER, "0", Status.LOADED, offers=(*others, *new))])


def _composed(rules: Rules, catalogue: Catalogue, recipe: ArchitectureSpec, preset: str | None) -> RunConfig:
    try:
        return compose(Request(recipe=recipe.name, preset=preset), catalogue)
    except UsageError as error:
        which = "the recipe" if preset is None else f"its preset `{preset}`"
        rules.require(False, f"{which} names parts and settings that there are", str(error))
        raise


def _width(config: RunConfig) -> int:
    width = getattr(config.generator.settings, "width", 0)  # most have one; it only decides what is quick to build
    return width if isinstance(width, int) else 0


def _check_round(rules: Rules, catalogue: Catalogue, config: RunConfig) -> None:
    shape = ImageShape(config.data.image_size, config.data.channels, 3 if config.data.labels else None)
    torch.manual_seed(0)
    generator = catalogue.find(Kind.GENERATOR, config.generator.kind).build(config.generator.settings, shape)
    judge = catalogue.find(Kind.DISCRIMINATOR, config.discriminator.kind).build(config.discriminator.settings, shape)
    loss = catalogue.find(Kind.LOSS, config.loss.kind).build(config.loss.settings)
    _require_networks(rules, generator, judge)
    labels = torch.arange(IMAGES) % 3 if config.data.labels else None
    fakes = generator(torch.randn(IMAGES, generator.latent_dim), labels)
    reals = torch.rand_like(fakes) * 2 - 1
    real, fake = (judge(images, labels).logits for images in (reals, fakes))
    split = loss.discriminator(real, fake, None)
    torch.autograd.backward(split.real.mean() + split.fake.mean(), retain_graph=True)
    _require_gradient(rules, judge, "D's loss")
    generator.zero_grad(set_to_none=True)
    torch.autograd.backward(loss.generator(fake, real if loss.generator_uses_real else None).mean())
    _require_gradient(rules, generator, "G's loss")


def _require_gradient(rules: Rules, network: nn.Module, what: str) -> None:
    """Somewhere: at the start two sides of a loss may cancel out at a bias, and a branch may be closed."""
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    rules.require(any(bool(gradient.any()) for gradient in gradients), f"{what} reaches its parameters")
    rules.require(all(bool(gradient.isfinite().all()) for gradient in gradients), f"the gradient of {what} is finite")


def _require_networks(rules: Rules, generator: object, judge: object) -> None:
    rules.require(isinstance(generator, Generator), "its generator is a `Generator`", type(generator).__name__)
    rules.require(isinstance(judge, Discriminator), "its discriminator is a `Discriminator`", type(judge).__name__)
