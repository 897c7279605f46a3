"""D's body, its targets, and what G learns from."""

from __future__ import annotations

import copy
import math
from typing import ClassVar

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from ganzoo.contracts import Batch, Discriminator, ImageShape, Judgement, Moment, Observation, Origin, Role, TermInput
from ganzoo.contracts.terms import Seen
from ganzoo.plugin import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.testing import SeededDraws
from ganzoo_balance.feature_matching import FeatureMatching, FeatureMatchingConfig
from ganzoo_balance.freeze_d import FreezeD, FreezeDConfig
from ganzoo_balance.gradient_normalisation import GradientNormalisation, GradientNormalisationConfig
from ganzoo_balance.label_flip import LabelFlip, LabelFlipConfig
from ganzoo_balance.label_smoothing import LabelSmoothing, LabelSmoothingConfig
from ganzoo_balance.spectral_norm import SpectralNorm, SpectralNormConfig
from ganzoo_balance.top_k import TopK, TopKConfig, best_only, kept_count

D = Role.DISCRIMINATOR
SHAPE = ImageShape(size=8, channels=3, num_classes=4)


class Small(Discriminator):
    """Two blocks, a head, and a label embedding."""

    extras: ClassVar[frozenset[str]] = frozenset({"features"})

    def __init__(self) -> None:
        super().__init__(SHAPE)
        torch.manual_seed(0)
        self.first = nn.Sequential(nn.Conv2d(3, 8, 4, 2, 1), nn.LeakyReLU(0.2))
        self.second = nn.Sequential(nn.Conv2d(8, 8, 4, 2, 1), nn.Tanh())
        self.head = nn.Linear(32, 1)
        self.labels = nn.Embedding(4, 32)
        self.group_size = 2

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        features = self.second(self.first(images)).flatten(1)
        logits = self.head(features).flatten()
        if labels is not None:
            logits = logits + (features * self.labels(labels)).sum(dim=1)
        return Judgement(logits, {"features": features} if "features" in want else {})

    def blocks(self) -> list[nn.Module]:
        return [self.first, self.second]


class OnlyLogits(Small):
    extras: ClassVar[frozenset[str]] = frozenset()


def some_images(count: int = 6) -> Tensor:
    return SeededDraws(count, 0, "images").uniform(3, 8, 8) * 2 - 1


def as_discriminator(network: nn.Module) -> Discriminator:
    assert isinstance(network, Discriminator)
    return network


# Spectral norm


def normed(config: SpectralNormConfig, role: Role = D) -> Discriminator:
    network = as_discriminator(SpectralNorm(config).build(role, Small()))
    for _ in range(30):
        network(some_images(), torch.zeros(6, dtype=torch.int64))
    return network


def test_spectral_norm_brings_every_largest_singular_value_to_one() -> None:
    network = normed(SpectralNormConfig())
    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear | nn.Embedding)]
    assert len(layers) == 4
    for layer in layers:
        assert torch.linalg.matrix_norm(layer.weight.flatten(1), ord=2).item() == pytest.approx(1, abs=0.02)


def test_spectral_norm_leaves_the_generator_alone_unless_asked() -> None:
    assert not hasattr(normed(SpectralNormConfig(), Role.GENERATOR).head, "parametrizations")
    asked = normed(SpectralNormConfig(generator=True), Role.GENERATOR)
    assert hasattr(asked.head, "parametrizations")
    assert not hasattr(asked.labels, "parametrizations")


def test_spectral_norm_is_not_applied_twice() -> None:
    strategy = SpectralNorm(SpectralNormConfig())
    network = strategy.build(D, strategy.build(D, Small()))
    assert all(".1." not in name.partition("parametrizations.weight")[2] for name, _ in network.named_parameters())


@pytest.mark.parametrize(
    ("name", "shape"), [("stylegan2", ImageShape(16, 3)), ("stylegan2", SHAPE), ("dirac", ImageShape(1, 1))]
)
def test_a_network_without_a_layer_to_normalise_is_refused(name: str, shape: ImageShape) -> None:
    spec = catalogue().find(Kind.DISCRIMINATOR, name)
    with pytest.raises(UsageError, match="finds nothing to normalise in the discriminator"):
        SpectralNorm(SpectralNormConfig()).build(D, spec.build(spec.config(), shape))


def test_a_network_that_is_spectrally_normalised_already_is_none_without_layers() -> None:
    spec = catalogue().find(Kind.DISCRIMINATOR, "sngan")
    network = spec.build(spec.config(width=8), ImageShape(16, 3))
    before = set(network.state_dict())
    assert set(SpectralNorm(SpectralNormConfig()).build(D, network).state_dict()) == before


def test_a_normed_network_survives_copying_saving_and_loading() -> None:
    network = normed(SpectralNormConfig()).eval()
    copied = copy.deepcopy(network)
    loaded = as_discriminator(SpectralNorm(SpectralNormConfig()).build(D, Small())).eval()
    loaded.load_state_dict(network.state_dict())
    expected = network(some_images()).logits
    assert torch.equal(copied(some_images()).logits, expected)
    assert torch.equal(loaded(some_images()).logits, expected)
    assert sum(p.numel() for p in network.parameters()) == sum(p.numel() for p in Small().parameters())


def test_a_normed_network_is_close_to_itself_in_bf16() -> None:
    network = normed(SpectralNormConfig())
    exact = network.eval()(some_images()).logits
    network.train()
    for _ in range(20):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            network(some_images())
    torch.testing.assert_close(network.eval()(some_images()).logits, exact, atol=0.03, rtol=0.03)


# Frozen blocks


@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_frozen_blocks_do_not_learn_and_the_others_do(blocks: int) -> None:
    network = as_discriminator(FreezeD(FreezeDConfig(blocks=blocks)).build(D, Small()))
    before = copy.deepcopy(network.state_dict())
    optimizer = torch.optim.Adam([p for p in network.parameters() if p.requires_grad])
    for _ in range(3):
        network(some_images(), torch.arange(6) % 4).logits.sum().backward()
        optimizer.step()
    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    frozen = {name for name in before if name.startswith(("first", "second")[:blocks])}
    assert changed == set(before) - frozen


def test_frozen_blocks_let_gradients_through_to_the_images() -> None:
    network = as_discriminator(FreezeD(FreezeDConfig(blocks=2)).build(D, Small()))
    images = some_images().requires_grad_()
    (gradient,) = torch.autograd.grad(network(images).logits.sum(), images)
    assert gradient.any()


def test_freezing_more_than_there_is_is_said_with_the_number_there_is() -> None:
    with pytest.raises(UsageError, match="freeze 3 blocks of D, which has 2"):
        FreezeD(FreezeDConfig(blocks=3)).build(D, Small())


def test_freezing_everything_is_refused() -> None:
    class AllBlocks(Small):
        def blocks(self) -> list[nn.Module]:
            return list(self.children())

    with pytest.raises(UsageError, match="leaves nothing of D to learn"):
        FreezeD(FreezeDConfig(blocks=4)).build(D, AllBlocks())


# Gradient normalisation


def wrapped(network: Discriminator | None = None) -> Discriminator:
    strategy = GradientNormalisation(GradientNormalisationConfig())
    return as_discriminator(strategy.build(D, network or Small()))


def test_the_normalised_d_says_what_the_wrapped_one_is() -> None:
    inner = Small()
    outer = wrapped(inner)
    assert (outer.image_size, outer.channels, outer.num_classes) == (8, 3, 4)
    assert outer.extras == inner.extras
    assert outer.group_size == 2
    assert list(outer.blocks()) == inner.blocks()
    judgement = outer(some_images(), torch.zeros(6, dtype=torch.int64), frozenset({"features"}))
    assert set(judgement.extras) == {"features"}


def test_normalised_logits_are_f_over_slope_plus_size() -> None:
    inner = Small()
    images = some_images().requires_grad_()
    logits = inner(images).logits
    (gradient,) = torch.autograd.grad(logits.sum(), images)
    expected = logits / (gradient.flatten(1).norm(dim=1) + logits.abs())
    torch.testing.assert_close(wrapped(inner)(some_images()).logits, expected)


@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_the_normalised_d_is_bounded_and_at_most_1_lipschitz_however_steep_the_wrapped_one(
    seed: int, scale: float
) -> None:
    # On a linear D, f / (|w| + |f|), whose slope is |w|² / (|w| + |f|)² <= 1
    class Steep(Small):
        def forward(
            self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()
        ) -> Judgement:
            return Judgement(scale * super().forward(images, labels, want).logits)

    outer = wrapped(Steep())
    images = (SeededDraws(2, seed).uniform(3, 8, 8) * 2 - 1).requires_grad_()
    logits = outer(images).logits
    assert logits.abs().max() <= 1
    (slope,) = torch.autograd.grad(logits.sum(), images)
    # the source's bound holds for piecewise linear networks; tanh adds its curvature
    assert slope.flatten(1).norm(dim=1).max() <= 2


def test_it_learns_and_passes_gradients_to_the_images() -> None:
    outer = wrapped()
    images = some_images().requires_grad_()
    loss = outer(images, torch.arange(6) % 4).logits.square().sum()
    gradients = torch.autograd.grad(loss, [images, *outer.parameters()])
    assert all(gradient.isfinite().all() and gradient.any() for gradient in gradients)


def test_it_works_where_gradients_are_switched_off() -> None:
    outer = wrapped()
    expected = outer(some_images(), want=frozenset({"features"}))
    with torch.no_grad():
        judgement = outer(some_images(), want=frozenset({"features"}))
    torch.testing.assert_close(judgement.logits, expected.logits.detach())
    assert not judgement.logits.requires_grad
    assert not judgement.extras["features"].requires_grad


def test_in_bf16_its_logits_are_float32_and_close() -> None:
    outer = wrapped()
    exact = outer(some_images()).logits
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = outer(some_images()).logits
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, atol=0.03, rtol=0.03)


def test_where_d_is_zero_and_flat_the_answer_is_zero() -> None:
    inner = Small()
    nn.init.zeros_(inner.head.weight)
    nn.init.zeros_(inner.head.bias)
    logits = wrapped(inner)(some_images()).logits
    gradients = torch.autograd.grad(logits.sum(), list(inner.parameters()), allow_unused=True)
    assert not logits.any()
    assert all(gradient is None or gradient.isfinite().all() for gradient in gradients)


# Targets

TARGETS = st.lists(st.sampled_from([0.0, 0.1, 0.9, 1.0]), min_size=1, max_size=20).map(torch.tensor)


@given(st.floats(0.51, 1), st.floats(0, 0.49))
def test_smoothing_moves_ones_and_zeros_and_only_ds(real: float, fake: float) -> None:
    strategy = LabelSmoothing(LabelSmoothingConfig(real=real, fake=fake))
    targets = torch.tensor([1.0, 0.0])
    smoothed = strategy.targets(targets, Origin.REAL, D, SeededDraws(2))
    torch.testing.assert_close(smoothed, torch.tensor([real, fake]))
    assert torch.equal(strategy.targets(targets, Origin.REAL, Role.GENERATOR, SeededDraws(2)), targets)


def test_smoothing_by_default_is_one_sided() -> None:
    strategy = LabelSmoothing(LabelSmoothingConfig())
    assert strategy.targets(torch.ones(2), Origin.REAL, D, SeededDraws(2)).tolist() == pytest.approx([0.9, 0.9])
    assert strategy.targets(torch.zeros(2), Origin.FAKE, D, SeededDraws(2)).tolist() == [0, 0]


@given(TARGETS, st.floats(0, 0.5), st.integers(0, 100))
def test_a_flipped_target_is_its_mirror_image_and_the_same_draws_flip_the_same(
    targets: Tensor, share: float, seed: int
) -> None:
    strategy = LabelFlip(LabelFlipConfig(share=share))
    once, again = (strategy.targets(targets, Origin.REAL, D, SeededDraws(len(targets), seed)) for _ in range(2))
    assert torch.equal(once, again)
    assert ((once == targets) | (once == 1 - targets)).all()
    assert torch.equal(strategy.targets(targets, Origin.REAL, Role.GENERATOR, SeededDraws(1)), targets)


@pytest.mark.parametrize("origin", Origin)
def test_the_share_of_flipped_targets_is_as_asked_on_either_side(origin: Origin) -> None:
    flipped = LabelFlip(LabelFlipConfig(share=0.2)).targets(torch.zeros(5000), origin, D, SeededDraws(5000))
    assert flipped.mean().item() == pytest.approx(0.2, abs=0.02)


# Top-k


def told(strategy: TopK, epoch: float) -> TopK:
    when = Moment(step=0, images=round(epoch * 1000), batch_size=8, dataset_size=1000)
    strategy.observe(Observation(D, when, {}))
    return strategy


LOGITS = st.lists(st.floats(-5, 5, width=32), min_size=2, max_size=30, unique=True).map(torch.tensor)


@given(LOGITS, st.data())
def test_the_mean_of_the_weighted_losses_is_the_mean_over_the_best(logits: Tensor, data: st.DataObject) -> None:
    kept = data.draw(st.integers(1, len(logits)))
    weights = best_only(logits, kept)
    best = logits.sort(descending=True).values[:kept]
    assert (weights > 0).sum() == kept
    torch.testing.assert_close((weights * logits).mean(), best.mean(), rtol=1e-4, atol=1e-4)


def test_it_begins_with_all_and_ends_with_half() -> None:
    logits = torch.arange(8.0)
    fake, g = Origin.FAKE, Role.GENERATOR
    assert told(TopK(TopKConfig()), 0).weights(logits, fake, g) == 1.0
    late = told(TopK(TopKConfig()), 500).weights(logits, fake, g)
    assert isinstance(late, Tensor)
    assert late.tolist() == [0, 0, 0, 0, 2, 2, 2, 2]


@given(st.integers(1, 256), st.floats(0, 500), st.floats(0.5, 1), st.floats(0.1, 1))
def test_k_falls_by_the_decay_each_epoch_and_no_further_than_least(
    count: int, epoch: float, decay: float, least: float
) -> None:
    kept = kept_count(count, epoch, decay, least)
    assert 1 <= kept <= count
    assert abs(kept - max(1, count * max(decay**epoch, least))) <= 0.5
    assert kept_count(count, epoch + 1, decay, least) <= kept


def test_only_gs_fakes_are_weighed() -> None:
    strategy = told(TopK(TopKConfig()), 500)
    logits = torch.arange(8.0)
    assert strategy.weights(logits, Origin.FAKE, D) == 1.0
    assert strategy.weights(logits, Origin.REAL, Role.GENERATOR) == 1.0
    patches = strategy.weights(logits.view(4, 2), Origin.FAKE, Role.GENERATOR)
    assert isinstance(patches, Tensor)
    assert patches.tolist() == [0, 0, 2, 2]


def test_how_far_the_run_is_survives_a_round_trip() -> None:
    other = TopK(TopKConfig())
    other.load_state_dict(told(TopK(TopKConfig()), 12.5).state_dict())
    assert other.epoch == 12.5


# Feature matching


def matching_value(real: Tensor, fake: Tensor) -> Tensor:
    sides = {
        origin: Seen(Batch(x), Batch(x), Judgement(torch.zeros(len(x)), {"features": x}))
        for origin, x in ((Origin.REAL, real), (Origin.FAKE, fake))
    }
    (term,) = FeatureMatching(FeatureMatchingConfig()).terms()
    when = Moment(step=0, images=0, batch_size=8, dataset_size=1000)
    return term.value(TermInput(when, sides, None, None, None, SeededDraws(len(real)), lambda v: v))  # type: ignore[arg-type]  # it reads features only


def test_feature_matching_is_the_squared_distance_of_the_mean_features() -> None:
    real, fake = SeededDraws(6, 1).normal(4, 2, 2), SeededDraws(6, 2).normal(4, 2, 2).requires_grad_()
    value = matching_value(real, fake)
    distance = (real.mean(dim=0) - fake.mean(dim=0)).square().sum()
    torch.testing.assert_close(value, distance.detach().expand(6))
    (gradient,) = torch.autograd.grad(value.mean(), fake)
    expected = 2 * (fake.mean(dim=0) - real.mean(dim=0)).expand_as(fake) / 6
    torch.testing.assert_close(gradient, expected.detach())


def test_features_in_bf16_are_averaged_in_float32() -> None:
    real = (1 + torch.arange(512.0) / 512).view(512, 1).bfloat16()
    value = matching_value(real, torch.zeros_like(real))
    assert value.dtype == torch.float32
    assert value[0].item() == pytest.approx(real.float().mean().item() ** 2, rel=1e-6)
    assert not math.isclose(real.float().mean().item(), real.mean().item(), rel_tol=1e-4)


def test_equal_batches_match() -> None:
    features = SeededDraws(6, 1).normal(4)
    assert not matching_value(features, features.flip(0)).round(decimals=6).any()


def test_a_discriminator_without_features_is_refused_before_training() -> None:
    with pytest.raises(UsageError, match="needs D's features, which OnlyLogits does not offer"):
        FeatureMatching(FeatureMatchingConfig()).build(D, OnlyLogits())
