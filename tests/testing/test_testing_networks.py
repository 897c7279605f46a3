"""Each rule has a network that breaks it, and the check says so."""

import itertools
from collections.abc import Callable
from typing import ClassVar

import pytest
import torch
from settings_under_test import ThinDiscriminatorConfig, ThinGeneratorConfig

from ganzoo.contracts import Discriminator, ImageShape, Judgement
from ganzoo.errors import ContractError, UsageError
from ganzoo.plugin import DiscriminatorSpec, GeneratorSpec
from ganzoo.testing import check_discriminator, check_generator
from ganzoo.testing.terms import SHAPE, TinyDiscriminator, TinyGenerator

SIZES, CHANNELS = (8,), (3,)


def refuse_labels(shape: ImageShape) -> None:
    if shape.num_classes is not None:
        raise UsageError("no labels here")


def check_g(change: Callable = lambda images, latents, labels: images, **changed) -> None:
    """Check a one-layer generator whose images go through `change`."""

    class Changed(TinyGenerator):
        def embed(self, latents, labels=None):
            self.given = latents, labels
            return latents

        def synthesise(self, style):
            return change(super().synthesise(style), *self.given)

    def build(config, shape):
        if not changed.get("takes_labels"):
            refuse_labels(shape)
        torch.manual_seed(0)
        network = Changed()
        network.num_classes = shape.num_classes
        network.latent_dim = changed.get("latent_dim", network.latent_dim)
        vars(network).update(changed.get("attributes", {}))
        if "spare" in changed:
            network.spare = torch.nn.Parameter(torch.ones(1))
        return network

    spec = GeneratorSpec(name="thin", summary="A test.", config=ThinGeneratorConfig, build=build)
    check_generator(spec, ThinGeneratorConfig(latent_dim=4), SIZES, CHANNELS)


def check_d(judge: Callable = lambda judgement, images, labels, want: judgement, **changed) -> None:
    """Check a small discriminator whose judgement goes through `judge`."""

    class Changed(TinyDiscriminator):
        def forward(self, images, labels=None, want=frozenset()):
            return judge(super().forward(images, labels, want), images, labels, want)

        def blocks(self):
            return changed.get("blocks", super().blocks())

    def build(config, shape):
        if not changed.get("takes_labels"):
            refuse_labels(shape)
        torch.manual_seed(0)
        network = Changed()
        network.num_classes = shape.num_classes
        network.group_size = changed.get("group_size", 1)
        return network

    spec = DiscriminatorSpec(name="thin", summary="A test.", config=ThinDiscriminatorConfig, build=build)
    check_discriminator(spec, None, SIZES, CHANNELS)


def test_plain_networks_keep_the_contract() -> None:
    check_g()
    check_d()
    check_d(group_size=4)


def noisy(images, latents, labels):
    return (images + 0.1 * torch.randn_like(images)).clamp(-1, 1)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda images, latents, labels: images + 1.5, r"images lie in \[-1, 1\]"),
        (lambda images, latents, labels: images[:, :1], r"images are \[N, C, H, W\]"),
        (lambda images, latents, labels: images.double(), "images are float32"),
        (
            lambda images, latents, labels: images.detach().requires_grad_(),
            "gradient reaches every parameter",
        ),
        (noisy, "deterministic"),
    ],
)
def test_images_that_break_a_rule_are_named(change: Callable, rule: str) -> None:
    with pytest.raises(ContractError, match=rule):
        check_g(change)


def test_a_generator_that_ignores_its_latents_is_named() -> None:
    def alike(images, latents, labels):
        return images if torch.is_grad_enabled() else torch.zeros_like(images)

    with pytest.raises(ContractError, match="other latents make other images"):
        check_g(alike)


def test_a_parameter_no_gradient_reaches_is_named() -> None:
    with pytest.raises(ContractError, match="reaches every parameter") as caught:
        check_g(spare=True)
    assert "spare" in caught.value.hint


def test_a_generator_with_other_latents_than_configured_is_named() -> None:
    with pytest.raises(ContractError, match="`latent_dim` is the configured one"):
        check_g(latent_dim=7)


def test_networks_that_take_labels_and_ignore_them_are_named() -> None:
    with pytest.raises(ContractError, match="other labels make other images"):
        check_g(takes_labels=True)
    with pytest.raises(ContractError, match="other labels give other logits"):
        check_d(takes_labels=True)


def test_networks_that_use_their_labels_keep_the_contract() -> None:
    check_g(
        lambda images, latents, labels: images if labels is None else images * shade(labels),
        takes_labels=True,
    )
    check_d(
        lambda judgement, images, labels, want: (
            judgement if labels is None else Judgement(judgement.logits + labels.float(), judgement.extras)
        ),
        takes_labels=True,
    )


def shade(labels):
    return (1 / (1 + labels))[:, None, None, None]


def test_a_generator_that_refuses_every_shape_is_named() -> None:
    def refuse(config, shape):
        raise UsageError(f"not at {shape.size} px")

    spec = GeneratorSpec(name="thin", summary="A test.", config=ThinGeneratorConfig, build=refuse)
    with pytest.raises(ContractError, match="can be built for one of the sizes") as caught:
        check_generator(spec, None, SIZES, CHANNELS)
    assert "not at 8 px" in caught.value.hint


def piecewise(judgement, images, labels, want):
    """Logits that are linear in the images: nothing is left to differentiate a second time."""
    return Judgement((images.sum(dim=(1, 2, 3)) + 0 * judgement.logits), judgement.extras)


@pytest.mark.parametrize(
    ("judge", "rule"),
    [
        (lambda j, images, labels, want: Judgement(j.logits[:, None, None], j.extras), r"logits are \[N\]"),
        (lambda j, images, labels, want: Judgement(j.logits[:-1], j.extras), r"logits are \[N\]"),
        (
            lambda j, images, labels, want: Judgement(j.logits, {"more": j.logits}),
            "not asked for are left out",
        ),
        (lambda j, images, labels, want: Judgement(j.logits), "`features`, asked for, is given"),
        (
            lambda j, images, labels, want: Judgement(j.logits.detach().requires_grad_(), j.extras),
            "reaches every",
        ),
        (piecewise, "reaches every parameter"),
    ],
)
def test_judgements_that_break_a_rule_are_named(judge: Callable, rule: str) -> None:
    with pytest.raises(ContractError, match=rule):
        check_d(judge)


class OnceOnly(torch.autograd.Function):
    """The identity, with a gradient that has none."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        return gradient


def check_d_of(network: type[TinyDiscriminator]) -> None:
    def build(config, shape):
        refuse_labels(shape)
        torch.manual_seed(0)
        return network()

    spec = DiscriminatorSpec(name="thin", summary="A test.", config=ThinDiscriminatorConfig, build=build)
    check_discriminator(spec, None, SIZES, CHANNELS)


def test_logits_that_cannot_be_differentiated_twice_are_named() -> None:
    class Once(TinyDiscriminator):
        def forward(self, images, labels=None, want=frozenset()):
            return super().forward(OnceOnly.apply(images), labels, want)

    with pytest.raises(ContractError, match="can be differentiated twice") as caught:
        check_d_of(Once)
    assert "once_differentiable" in caught.value.hint


def test_a_gradient_at_the_images_that_does_not_know_the_parameters_is_named() -> None:
    class Shifted(TinyDiscriminator):
        """Its weights shift every logit and scale none."""

        def forward(self, images, labels=None, want=frozenset()):
            extras = super().forward(images, labels, want).extras
            shift = sum(parameter.sum() for parameter in self.parameters())
            return Judgement(images.sum(dim=(1, 2, 3)) + shift, extras)

    with pytest.raises(ContractError, match="depends on the parameters"):
        check_d_of(Shifted)


def test_a_body_without_blocks_is_named() -> None:
    with pytest.raises(ContractError, match="at least one part of the body"):
        check_d(blocks=[])


def test_blocks_of_another_network_are_named_alone_and_in_a_list() -> None:
    other = torch.nn.Linear(1, 1)
    for block in (other, torch.nn.ModuleList([other])):
        with pytest.raises(ContractError, match="are modules of the network, or lists of such"):
            check_d(blocks=[block])


def test_a_network_without_a_docstring_is_named() -> None:
    class Mute(Discriminator):
        extras: ClassVar[frozenset[str]] = frozenset({"features"})

        def __init__(self):
            super().__init__(SHAPE)
            self.body, self.head = TinyDiscriminator().body, TinyDiscriminator().head

        forward = TinyDiscriminator.forward

    def build(config, shape):
        refuse_labels(shape)
        torch.manual_seed(0)
        return Mute()

    spec = DiscriminatorSpec(name="thin", summary="A test.", config=ThinDiscriminatorConfig, build=build)
    with pytest.raises(ContractError, match="the class `Mute` has a docstring"):
        check_discriminator(spec, None, SIZES, CHANNELS)


def test_a_constant_that_does_not_move_with_the_network_is_named() -> None:
    with pytest.raises(ContractError, match=r"register_buffer(.|\n)*seen: constant"):
        check_g(attributes={"constant": torch.ones(1)})


def test_a_tensor_made_elsewhere_than_the_inputs_is_named() -> None:
    def shifted(judgement, images, labels, want):
        logits = judgement.logits + torch.zeros(len(images))
        return Judgement(logits, judgement.extras)

    with pytest.raises(ContractError, match="follows the device of its inputs"):
        check_d(shifted)


def test_what_a_state_dict_does_not_hold_is_named() -> None:
    numbers = itertools.count()

    class Offset(TinyGenerator):
        def __init__(self):
            super().__init__()
            self.offset = 0.1 * next(numbers)

        def synthesise(self, style):
            return super().synthesise(style) * (1 - self.offset / 100)

    def build(config, shape):
        refuse_labels(shape)
        return Offset()

    spec = GeneratorSpec(name="thin", summary="A test.", config=ThinGeneratorConfig, build=build)
    with pytest.raises(ContractError, match="what it learns is a parameter"):
        check_generator(spec, ThinGeneratorConfig(latent_dim=4), SIZES, CHANNELS)
