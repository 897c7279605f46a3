"""Penalties against their closed forms, lazily, and in bf16."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from ganzoo.contracts import (
    BalancingStrategy,
    Batch,
    Discriminator,
    ImageShape,
    Judgement,
    Moment,
    Origin,
    Role,
    Schedule,
    Term,
    TermInput,
)
from ganzoo.contracts.terms import Seen
from ganzoo.testing import SeededDraws
from ganzoo_balance.dragan import Dragan, DraganConfig, perturbed
from ganzoo_balance.gradient_penalty import GradientPenalty, GradientPenaltyConfig
from ganzoo_balance.lecam import LeCam, LeCamConfig
from ganzoo_balance.penalties import gradient_at, interpolated, one_an_image, squared_gradient_norm
from ganzoo_balance.r1 import R1, R1Config
from ganzoo_balance.r1r2 import R1R2, R1R2Config
from ganzoo_balance.r2 import R2, R2Config

N = 5
SHAPE = ImageShape(size=4, channels=3)
SEEDS = st.integers(0, 10_000)
SLOPES = st.floats(0.01, 20)


class Linear(Discriminator):
    """D(x) = <w, x>, with a slope as given everywhere."""

    def __init__(self, slope: float, seed: int) -> None:
        super().__init__(SHAPE)
        weight = torch.randn(3, 4, 4, generator=torch.Generator().manual_seed(seed))
        self.weight = nn.Parameter(slope * weight / weight.norm())

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        return Judgement((images * self.weight).sum(dim=(1, 2, 3)))


class Convolutional(Discriminator):
    """Deep enough for bf16 to matter."""

    def __init__(self) -> None:
        super().__init__(ImageShape(16, 3))
        torch.manual_seed(0)
        self.layers = nn.Sequential(
            nn.Conv2d(3, 16, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(16, 32, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(32, 1, 4),
        )  # fmt: skip

    def forward(self, images: Tensor, labels: Tensor | None = None, want: frozenset[str] = frozenset()) -> Judgement:
        return Judgement(self.layers(images).flatten())


def given_to(
    term: Term,
    network: Discriminator,
    seed: int = 0,
    forward: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> TermInput:
    """What the step gives to a term of D's, for random images."""
    draws = SeededDraws(N, seed, "images")
    shape = (network.channels, network.image_size, network.image_size)

    def judge(batch: Batch, want: frozenset[str]) -> Judgement:
        with forward():
            return Judgement(network(batch.images, batch.labels, want).logits.float())

    sides = {}
    for origin in Origin:
        images = draws.uniform(*shape) * 2 - 1
        batch = Batch(images.requires_grad_() if origin in term.gradients_at else images)
        sides[origin] = Seen(batch, batch, judge(batch, term.extras))
    moment = Moment(step=0, images=0, batch_size=N, dataset_size=50)
    return TermInput(moment, sides, judge, None, network, SeededDraws(N, seed, "own"), lambda value: value)  # type: ignore[arg-type]  # no penalty asks for G


def only_term(strategy: BalancingStrategy) -> Term:
    (term,) = strategy.terms()
    return term


@given(SLOPES, SEEDS)
def test_on_a_linear_d_r1_and_r2_are_half_the_squared_slope(slope: float, seed: int) -> None:
    network = Linear(slope, seed)
    for strategy in (R1(R1Config()), R2(R2Config())):
        term = only_term(strategy)
        value = term.value(given_to(term, network, seed))
        torch.testing.assert_close(value, torch.full((N,), slope**2 / 2), rtol=1e-4, atol=1e-6)


@given(SLOPES, SEEDS)
def test_on_a_linear_d_wgan_gp_and_dragan_are_the_squared_distance_from_slope_one(slope: float, seed: int) -> None:
    network = Linear(slope, seed)
    for strategy in (GradientPenalty(GradientPenaltyConfig()), Dragan(DraganConfig())):
        term = only_term(strategy)
        value = term.value(given_to(term, network, seed))
        torch.testing.assert_close(value, torch.full((N,), (slope - 1) ** 2), rtol=1e-4, atol=1e-5)


@given(SLOPES, SEEDS)
def test_their_gradient_at_the_weights_is_that_of_the_closed_form(slope: float, seed: int) -> None:
    network = Linear(slope, seed)
    term = only_term(R1(R1Config()))
    (r1,) = torch.autograd.grad(term.value(given_to(term, network, seed)).mean(), network.weight)
    torch.testing.assert_close(r1, network.weight.detach(), rtol=1e-4, atol=1e-6)  # of |w|²/2 it is w
    term = only_term(GradientPenalty(GradientPenaltyConfig()))
    (gp,) = torch.autograd.grad(term.value(given_to(term, network, seed)).mean(), network.weight)
    expected = 2 * (slope - 1) * network.weight.detach() / slope
    torch.testing.assert_close(gp, expected, rtol=1e-3, atol=1e-4)


def test_on_the_dirac_gan_r1_is_gamma_half_psi_squared() -> None:
    # Mescheder et al. 2018, section 4.1: D(x) = psi x, so R1 = gamma/2 psi²
    psi = torch.tensor(0.7, requires_grad=True)
    image = torch.zeros(1, 1, 1, 1, requires_grad=True)
    penalty = 0.5 * squared_gradient_norm(image, psi * image.flatten())
    assert penalty.item() == pytest.approx(0.7**2 / 2)


@pytest.mark.parametrize(
    "strategy", [R1(R1Config()), R2(R2Config()), R1R2(R1R2Config())], ids=lambda s: type(s).__name__
)
def test_the_default_gamma_is_a_weight_of_one_on_the_bare_squared_norm(strategy: BalancingStrategy) -> None:
    network = Linear(slope=3, seed=0)
    for term in strategy.terms():
        weight = term.weight
        assert isinstance(weight, float)
        assert weight * term.value(given_to(term, network)).mean().item() == pytest.approx(9, rel=1e-5)


def test_r1r2_is_r1_and_r2_with_one_gamma_and_one_interval() -> None:
    gamma = Schedule(start=2, end=0.2, until_kimg=100)
    terms = R1R2(R1R2Config(gamma=gamma, every=4)).terms()
    assert [(term.name, term.weight, term.every, term.gradients_at) for term in terms] == [
        ("r1", gamma, 4, frozenset({Origin.REAL})),
        ("r2", gamma, 4, frozenset({Origin.FAKE})),
    ]


@pytest.mark.parametrize(
    "strategy",
    [
        R1(R1Config(every=16)),
        R2(R2Config(every=16)),
        GradientPenalty(GradientPenaltyConfig(every=16)),
        Dragan(DraganConfig(every=16)),
        LeCam(LeCamConfig(every=16)),
    ],
    ids=lambda s: type(s).__name__,
)
def test_every_leaves_the_weight_to_the_step(strategy: BalancingStrategy) -> None:
    once = type(strategy)(type(strategy.config)())  # type: ignore[attr-defined, call-arg]  # all are built from a config
    term, plain = only_term(strategy), only_term(once)
    assert (term.every, plain.every) == (16, 1)
    assert term.weight == plain.weight
    network = Linear(slope=2, seed=1)
    assert torch.equal(term.value(given_to(term, network)), plain.value(given_to(plain, network)))


@pytest.mark.parametrize(
    "strategy",
    [R1(R1Config()), R2(R2Config()), GradientPenalty(GradientPenaltyConfig()), Dragan(DraganConfig())],
    ids=lambda s: type(s).__name__,
)
def test_in_bf16_a_penalty_and_its_gradient_are_float32_and_close_to_fp32s(strategy: BalancingStrategy) -> None:
    network = Convolutional()
    term = only_term(strategy)

    def evaluate(forward: Callable[[], AbstractContextManager[object]]) -> tuple[Tensor, Tensor]:
        value = term.value(given_to(term, network, forward=forward))
        assert value.dtype == torch.float32
        gradients = torch.autograd.grad(value.mean(), list(network.parameters()), allow_unused=True)
        return value, torch.cat([gradient.flatten() for gradient in gradients if gradient is not None])

    exact, at_weights = evaluate(nullcontext)
    rough, roughly_at_weights = evaluate(lambda: torch.autocast("cpu", dtype=torch.bfloat16))
    torch.testing.assert_close(rough, exact, rtol=0.05, atol=1e-3)
    assert roughly_at_weights.dtype == torch.float32
    cosine = torch.nn.functional.cosine_similarity(at_weights, roughly_at_weights, dim=0)
    assert cosine > 0.99


def test_a_flat_d_has_a_finite_penalty_and_a_finite_gradient() -> None:
    network = Linear(slope=1, seed=0)
    with torch.no_grad():
        network.weight.zero_()
    for strategy in (GradientPenalty(GradientPenaltyConfig()), Dragan(DraganConfig()), R1(R1Config())):
        term = only_term(strategy)
        value = term.value(given_to(term, network))
        (gradient,) = torch.autograd.grad(value.mean(), network.weight)
        assert value.isfinite().all()
        assert gradient.isfinite().all()


def test_logits_that_do_not_depend_on_the_images_have_gradient_zero() -> None:
    image = torch.ones(2, 1, 2, 2, requires_grad=True)
    elsewhere = torch.ones(2, requires_grad=True)
    assert not gradient_at(image, elsewhere * 2).any()


def test_patch_logits_are_summed_under_the_gradient_and_averaged_for_an_image() -> None:
    image = torch.ones(2, 1, 2, 2, requires_grad=True)
    patches = image.flatten(1) * torch.tensor([1.0, 2.0, 3.0, 4.0])
    assert squared_gradient_norm(image, patches).tolist() == [30, 30]
    assert one_an_image(patches).tolist() == [2.5, 2.5]


@given(st.floats(0, 1), SEEDS)
def test_interpolates_lie_between_real_and_fake(share: float, seed: int) -> None:
    draws = SeededDraws(N, seed)
    real, fake = draws.normal(3, 4, 4), draws.normal(3, 4, 4)
    between = interpolated(real, fake, torch.full((N, 1, 1, 1), share))
    torch.testing.assert_close(between, share * real + (1 - share) * fake)


@given(st.floats(0.01, 2), SEEDS)
def test_dragans_points_lie_within_the_radius_and_on_one_side(radius: float, seed: int) -> None:
    draws = SeededDraws(N, seed)
    images = draws.uniform(3, 4, 4) * 2 - 1
    moved = perturbed(images, images.std(), radius, draws.uniform(1, 1, 1), draws.uniform(3, 4, 4)) - images
    assert moved.min() >= -1e-6
    assert moved.max() <= radius * images.std() + 1e-6


LOGITS = st.lists(st.floats(-10, 10, width=32), min_size=N, max_size=N)


def lecam_input(real: list[float], fake: list[float]) -> TermInput:
    empty = Batch(torch.zeros(N, 3, 4, 4))
    sides = {
        Origin.REAL: Seen(empty, empty, Judgement(torch.tensor(real))),
        Origin.FAKE: Seen(empty, empty, Judgement(torch.tensor(fake))),
    }
    moment = Moment(step=0, images=0, batch_size=N, dataset_size=50)
    return TermInput(moment, sides, None, None, None, SeededDraws(N), lambda value: value)  # type: ignore[arg-type]  # lecam reads logits only


@given(st.lists(st.tuples(LOGITS, LOGITS), min_size=1, max_size=6), st.floats(0, 0.99))
@settings(max_examples=50)
def test_lecam_pulls_each_side_to_the_average_of_the_other(
    batches: list[tuple[list[float], list[float]]], decay: float
) -> None:
    strategy = LeCam(LeCamConfig(decay=decay))
    (term,) = strategy.terms()
    for real, fake in batches:
        value = term.value(lecam_input(real, fake))
    weights = [(1 - decay) * decay**age for age in reversed(range(len(batches)))]
    anchors = [
        sum(w * math.fsum(batch[side]) / N for w, batch in zip(weights, batches, strict=True)) / sum(weights)
        for side in (0, 1)
    ]
    expected = [(r - anchors[1]) ** 2 + (f - anchors[0]) ** 2 for r, f in zip(*batches[-1], strict=True)]
    torch.testing.assert_close(value, torch.tensor(expected), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_logits_that_are_not_finite_do_not_stay_in_lecams_averages(broken: float) -> None:
    """Their update is left out: what it measured would spoil the loss of every later one."""
    spared, hit = LeCam(LeCamConfig()), LeCam(LeCamConfig())
    first, last = lecam_input([1.0] * N, [-1.0] * N), lecam_input([3.0] * N, [-2.0] * N)
    for strategy in (spared, hit):
        only_term(strategy).value(first)
    only_term(hit).value(lecam_input([broken] + [1.0] * (N - 1), [broken] * N))
    assert torch.equal(only_term(hit).value(last), only_term(spared).value(last))


def test_lecams_averages_survive_a_round_trip() -> None:
    one, other = LeCam(LeCamConfig()), LeCam(LeCamConfig())
    first, second = lecam_input([1.0] * N, [-1.0] * N), lecam_input([3.0] * N, [-2.0] * N)
    only_term(one).value(first)
    other.load_state_dict(one.state_dict())
    assert torch.equal(only_term(one).value(second), only_term(other).value(second))
    fresh = LeCam(LeCamConfig())
    fresh.load_state_dict(LeCam(LeCamConfig()).state_dict())
    assert fresh.sums is None


def test_penalties_belong_to_d_and_two_of_the_same_name_do_not_exist() -> None:
    terms = [
        term
        for strategy in (
            R1R2(R1R2Config()),
            GradientPenalty(GradientPenaltyConfig()),
            Dragan(DraganConfig()),
            LeCam(LeCamConfig()),
        )
        for term in strategy.terms()
    ]
    assert {term.role for term in terms} == {Role.DISCRIMINATOR}
    assert len({term.name for term in terms}) == len(terms)
