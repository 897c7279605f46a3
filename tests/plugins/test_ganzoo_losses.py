import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

import ganzoo_losses
from ganzoo.contracts import Loss, Split
from ganzoo.plugin import LossSpec
from ganzoo.testing import check_loss
from ganzoo_losses.logistic import binary_cross_entropy

SPECS = {spec.name: spec for spec in ganzoo_losses.ganzoo_losses()}
LOGIT = st.floats(-20, 20)
PAIRS = st.lists(st.tuples(LOGIT, LOGIT), min_size=1, max_size=6)


def built(name: str) -> Loss:
    return SPECS[name].build(SPECS[name].config())


def tensors(pairs: list[tuple[float, float]]) -> tuple[Tensor, Tensor]:
    both = torch.tensor(pairs, dtype=torch.float64)
    return both[:, 0], both[:, 1]


def log_sigmoid(x: float) -> float:
    return -math.log1p(math.exp(-x)) if x > 0 else x - math.log1p(math.exp(x))


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_loss_keeps_the_contract(spec: LossSpec) -> None:
    check_loss(spec)


CLOSED_FORMS = {
    # name: D's loss of one real, of one fake, and G's of one fake, from the mean logits of reals and fakes
    "non-saturating": (lambda r, f, mr, mf: (-log_sigmoid(r), -log_sigmoid(-f), -log_sigmoid(f))),
    "minimax": (lambda r, f, mr, mf: (-log_sigmoid(r), -log_sigmoid(-f), log_sigmoid(-f))),
    "least-squares": (lambda r, f, mr, mf: ((r - 1) ** 2 / 2, f**2 / 2, (f - 1) ** 2 / 2)),
    "hinge": (lambda r, f, mr, mf: (max(0, 1 - r), max(0, 1 + f), -f)),
    "wasserstein": (lambda r, f, mr, mf: (-r, f, -f)),
    "relativistic": (lambda r, f, mr, mf: (-log_sigmoid(r - f) / 2, -log_sigmoid(r - f) / 2, -log_sigmoid(f - r))),
    "relativistic-average": (
        lambda r, f, mr, mf: (
            -log_sigmoid(r - mf),
            -log_sigmoid(mr - f),
            -log_sigmoid(f - mr) - log_sigmoid(mf - r),
        )
    ),
}


@pytest.mark.parametrize("name", SPECS)
@given(pairs=PAIRS)
def test_every_loss_equals_its_closed_form(name: str, pairs: list[tuple[float, float]]) -> None:
    real, fake = tensors(pairs)
    loss = built(name)
    split = loss.discriminator(real, fake)
    of_g = loss.generator(fake, real if loss.generator_uses_real else None)
    means = (mean([r for r, _ in pairs]), mean([f for _, f in pairs]))
    expected = [CLOSED_FORMS[name](r, f, *means) for r, f in pairs]
    for values, wanted in zip((split.real, split.fake, of_g), zip(*expected, strict=True), strict=True):
        assert values.tolist() == pytest.approx(wanted, rel=1e-6, abs=1e-8)


@given(LOGIT, st.floats(0, 1))
def test_soft_targets_give_torchs_cross_entropy(logit: float, target: float) -> None:
    x, t = torch.tensor(logit, dtype=torch.float64), torch.tensor(target, dtype=torch.float64)
    expected = functional.binary_cross_entropy_with_logits(x, t)
    assert binary_cross_entropy(x, t).item() == pytest.approx(expected.item(), rel=1e-6, abs=1e-8)


def test_a_small_loss_survives_bf16() -> None:
    logits = torch.tensor([9.0], dtype=torch.bfloat16)
    assert binary_cross_entropy(logits, 1.0).item() == pytest.approx(math.log1p(math.exp(-9)), rel=0.01)


@pytest.mark.parametrize("name", ["non-saturating", "minimax"])
def test_a_logistic_d_that_guesses_pays_the_logarithm_of_four(name: str) -> None:
    split = built(name).discriminator(torch.zeros(4), torch.zeros(4))
    assert (split.real.mean() + split.fake.mean()).item() == pytest.approx(math.log(4))


def test_the_saturating_generator_learns_nothing_from_a_certain_d_and_the_non_saturating_does() -> None:
    gradients = {}
    for name in ("minimax", "non-saturating"):
        fake = torch.tensor([-10.0], requires_grad=True)
        built(name).generator(fake).sum().backward()
        assert fake.grad is not None
        gradients[name] = fake.grad.item()
    assert gradients["minimax"] == pytest.approx(0, abs=1e-4)
    assert gradients["non-saturating"] == pytest.approx(-1, abs=1e-4)


def test_least_squares_counts_an_image_right_when_its_logit_is_nearer_to_its_own_target() -> None:
    right = built("least-squares").correct(torch.tensor([0.4, 0.6, 1.5]), torch.tensor([0.4, 0.6, -1.0]))
    assert right.real.tolist() == [False, True, True]
    assert right.fake.tolist() == [True, False, True]


@given(PAIRS, st.floats(-5, 5))
def test_a_constant_on_all_scores_changes_no_judgement_of_a_critic(
    pairs: list[tuple[float, float]], constant: float
) -> None:
    real, fake = tensors([(round(r), round(f)) for r, f in pairs])
    for name in ("wasserstein", "relativistic", "relativistic-average"):
        before, after = (built(name).correct(real + c, fake + c) for c in (0.0, round(constant)))
        assert torch.equal(before.real, after.real)
        assert torch.equal(before.fake, after.fake)


@given(PAIRS)
def test_the_relativistic_sides_add_up_to_the_mean_over_pairs(pairs: list[tuple[float, float]]) -> None:
    real, fake = tensors(pairs)
    split = built("relativistic").discriminator(real, fake)
    expected = mean([-log_sigmoid(r - f) for r, f in pairs])
    assert (split.real.mean() + split.fake.mean()).item() == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_averages_are_taken_a_head_at_a_time() -> None:
    real, fake = torch.tensor([[1.0, 10.0], [1.0, 10.0]]), torch.tensor([[0.0, 11.0], [0.0, 11.0]])
    for name in ("wasserstein", "relativistic-average"):
        right = built(name).correct(real, fake)
        assert right == Split(right.real, right.fake)
        assert right.real.tolist() == right.fake.tolist() == [[True, False], [True, False]]
