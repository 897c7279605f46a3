"""Terms and networks of a strategy, tried on a generator and a discriminator of a few weights."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganzoo.contracts import (
    BalancingStrategy,
    Batch,
    Discriminator,
    Generator,
    ImageShape,
    Judgement,
    Moment,
    Origin,
    Role,
    Term,
    TermInput,
)
from ganzoo.contracts.terms import Seen
from ganzoo.errors import UsageError
from ganzoo.testing.devices import META, require_neutral
from ganzoo.testing.draws import SeededDraws
from ganzoo.testing.rules import Rules

SHAPE = ImageShape(size=8, channels=3)
LATENT_DIM = 4
IMAGES = 6
MOMENT = Moment(step=0, images=0, batch_size=IMAGES, dataset_size=10 * IMAGES)


class TinyGenerator(Generator):
    """A transposed convolution and a tanh."""

    def __init__(self) -> None:
        super().__init__(SHAPE, LATENT_DIM)
        self.to_image = nn.ConvTranspose2d(LATENT_DIM, SHAPE.channels, SHAPE.size)

    def synthesise(self, style: Tensor) -> Tensor:
        """style [N, 4] -> images [N, 3, 8, 8]."""
        return torch.tanh(self.to_image(style[:, :, None, None]))


class TinyDiscriminator(Discriminator):
    """A convolution, a smooth activation, a sum."""

    extras: ClassVar[frozenset[str]] = frozenset({"features"})

    def __init__(self) -> None:
        super().__init__(SHAPE)
        self.body = nn.Conv2d(SHAPE.channels, 8, 4, stride=4)
        self.head = nn.Conv2d(8, 1, 2)

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        """images [N, 3, 8, 8] -> logits [N]; `features` [N, 8, 2, 2]."""
        features = torch.tanh(self.body(images))
        return Judgement(self.head(features).flatten(), {"features": features} if "features" in want else {})


def networks() -> dict[Role, TinyGenerator | TinyDiscriminator]:
    """Both, with the same weights each time."""
    torch.manual_seed(0)
    return {Role.GENERATOR: TinyGenerator(), Role.DISCRIMINATOR: TinyDiscriminator()}


def check_build(rules: Rules, strategy: BalancingStrategy) -> None:
    """What `build` gives back still works as the network did; a network may be refused, with `UsageError`."""
    draws = SeededDraws(IMAGES)
    for role, network in networks().items():
        try:
            made = strategy.build(role, network)
        except UsageError:  # it needs what these two do not offer, and says so
            continue
        rules.require(isinstance(made, nn.Module), f"`build` of the {role} gives a network", type(made).__name__)
        if role is Role.GENERATOR:
            images = made(draws.normal(LATENT_DIM))
            rules.require(images.shape == (IMAGES, 3, 8, 8), "the built generator makes images", str(images.shape))
        else:
            judgement = made(draws.uniform(3, 8, 8))
            rules.require(isinstance(judgement, Judgement), "the built discriminator gives a judgement")


def check_terms(rules: Rules, strategy: BalancingStrategy) -> None:
    """Each term is well declared; its value is one an image, finite, and teaches its role."""
    terms = list(strategy.terms())
    names = [term.name for term in terms]
    rules.require(len(set(names)) == len(names), "its terms have names of their own", ", ".join(names))
    for term in terms:
        rules.require(term.every >= 1, f"the term `{term.name}` is computed every n-th step, n at least 1")
        if term.extras <= TinyDiscriminator.extras:
            _check_value(rules, term)


def _check_value(rules: Rules, term: Term) -> None:
    both = networks()
    value = term.value(_input(term, both))
    rules.require(
        tuple(value.shape) == (IMAGES,),
        f"the term `{term.name}` gives one value an image",
        str(tuple(value.shape)),
    )
    rules.require(value.dtype == torch.float32, f"the term `{term.name}` is float32", str(value.dtype))
    rules.require(bool(value.isfinite().all()), f"the term `{term.name}` is finite")
    gradients = torch.autograd.grad(value.mean(), list(both[term.role].parameters()), allow_unused=True)
    rules.require(
        any(gradient is not None and bool(gradient.any()) for gradient in gradients),
        f"the term `{term.name}` has a gradient at the {term.role}'s parameters",
    )


def check_term_devices(rules: Rules, strategy: BalancingStrategy, *, may_read: bool) -> None:
    """Each term's value follows the device of the images, and reads no number unless it `may_read`."""
    for term in strategy.terms():
        if term.extras <= TinyDiscriminator.extras:
            moved = {role: network.to(META) for role, network in networks().items()}
            require_neutral(rules, f"the term `{term.name}`", partial(_value_of, term, moved), may_read=may_read)


def _value_of(term: Term, both: dict[Role, TinyGenerator | TinyDiscriminator]) -> Tensor:
    return term.value(_input(term, both, META))


def _input(term: Term, both: dict[Role, TinyGenerator | TinyDiscriminator], device: str = "cpu") -> TermInput:
    generator, discriminator = both[Role.GENERATOR], both[Role.DISCRIMINATOR]
    assert isinstance(generator, TinyGenerator)
    assert isinstance(discriminator, TinyDiscriminator)
    draws = SeededDraws(IMAGES, purpose="term", device=device)
    latents = draws.normal(LATENT_DIM)
    fakes = generator(latents)
    batches = {Origin.FAKE: Batch(fakes.detach() if term.role is Role.DISCRIMINATOR else fakes, latents=latents)}
    if term.role is Role.DISCRIMINATOR or term.uses_real:
        batches[Origin.REAL] = Batch(draws.uniform(3, 8, 8) * 2 - 1)
    sides: dict[Origin, Seen] = {}
    for origin, batch in batches.items():
        if origin in term.gradients_at and not batch.images.requires_grad:
            batch.images.requires_grad_()
        sides[origin] = Seen(batch, batch, discriminator(batch.images, want=term.extras))
    return TermInput(
        moment=MOMENT,
        sides=sides,
        judge=lambda batch, want: discriminator(batch.images, batch.labels, want),
        generator=generator,
        discriminator=discriminator,
        draws=draws.named("own"),
        mean_over_ranks=lambda tensor: tensor,
    )
