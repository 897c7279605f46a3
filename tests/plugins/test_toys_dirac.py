"""The Dirac-GAN of Mescheder et al. 2018, played by the step that trains everything: what is proven of it, holds.

Their notation: v(theta, psi) is minus the gradient of each player's own loss; the reals are at 0; l is the logistic
loss, l'(0) = 1/2, l''(0) = -1/4.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganzoo.config.compose import Request, compose
from ganzoo.contracts import Moment
from ganzoo.registry.catalogue import catalogue
from ganzoo.training.session import Session, build_session

Point = tuple[float, float]
START: Point = (1.0, 1.0)
ZERO_SUM = "minimax"
SLOPE = 0.5


def game(*balance: str, loss: str = ZERO_SUM, rate: float = 0.2, batch: int = 4) -> Session:
    rates = [f"optimizers.{role}.learning_rate={rate}" for role in ("generator", "discriminator")]
    said = (f"loss.kind={loss}", f"training.batch_size={batch}", *rates)
    config = compose(Request(recipe="dirac", balance=balance, settings=said), catalogue())
    without_scores = config.evaluation.model_copy(update={"metrics": {}})
    return build_session(config.model_copy(update={"evaluation": without_scores}), catalogue())


def path_of(session: Session, start: Point, steps: int) -> list[Point]:
    """(theta, psi) before the first step and after each."""
    theta = session.step.generator.network.get_parameter("theta")
    psi = session.step.discriminator.network.get_parameter("psi")
    with torch.no_grad():
        theta.fill_(start[0])
        psi.fill_(start[1])
    moment = Moment(0, 0, session.effective.training.batch_size, session.images)
    path = [start]
    for _ in range(steps):
        turn = session.step(moment)
        moment = replace(moment, step=moment.step + 1, images=moment.images + turn.images)
        path.append((theta.item(), psi.item()))
    return path


def radii(session: Session, steps: int, start: Point = START) -> list[float]:
    return [math.hypot(*point) for point in path_of(session, start, steps)]


def jacobian_at_equilibrium(session: Session, rate: float, reach: float = 0.5) -> torch.Tensor:
    """[2, 2] of v at (0, 0), by one step of gradient descent along each axis; on an axis theta psi = 0."""
    columns = []
    for start in ((reach, 0.0), (0.0, reach)):
        after = path_of(session, start, 1)[1]
        columns.append([(there - here) / (rate * reach) for there, here in zip(after, start, strict=True)])
    return torch.tensor(columns, dtype=torch.float64).T


def sorted_pair(values: list[complex]) -> list[complex]:
    return sorted(values, key=lambda value: (value.real, value.imag))


# The linearised system


@pytest.mark.parametrize("penalty", ["r1", "r2"])
@pytest.mark.parametrize("gamma", [0.3, 0.7, 1.5, 3.0])
def test_under_r1_or_r2_the_eigenvalues_at_equilibrium_are_those_proven(penalty: str, gamma: float) -> None:
    jacobian = jacobian_at_equilibrium(game("simultaneous", f"{penalty}:gamma={gamma}"), rate=0.2)
    root = cmath.sqrt(gamma**2 / 4 - SLOPE**2)
    measured = sorted_pair(torch.linalg.eigvals(jacobian).tolist())
    assert measured == pytest.approx(sorted_pair([-gamma / 2 + root, -gamma / 2 - root]), abs=1e-5)


@pytest.mark.parametrize("loss", [ZERO_SUM, "non-saturating"])
def test_without_a_penalty_the_eigenvalues_are_imaginary(loss: str) -> None:
    jacobian = jacobian_at_equilibrium(game("simultaneous", loss=loss), rate=0.2)
    measured = sorted_pair(torch.linalg.eigvals(jacobian).tolist())
    assert measured == pytest.approx([-SLOPE * 1j, SLOPE * 1j], abs=1e-5)


def test_instance_noise_pulls_d_back_with_the_strength_of_its_variance() -> None:
    """The trace of the Jacobian is 2 l''(0) sigma^2 = -sigma^2 / 2."""
    std = 0.8
    session = game("simultaneous", f"instance-noise:std={std},kimg=1000000", batch=8192)
    jacobian = jacobian_at_equilibrium(session, rate=0.2, reach=0.2)
    assert jacobian.trace().item() == pytest.approx(-(std**2) / 2, rel=0.1)
    assert jacobian[0, 1].item() == pytest.approx(SLOPE, rel=0.1)


# What does not converge


@settings(max_examples=5)
@given(st.floats(0.3, 2.0), st.floats(-2.0, 2.0))
def test_simultaneous_descent_moves_away_in_every_step(theta: float, psi: float) -> None:
    found = radii(game("simultaneous"), 25, (theta, psi))
    assert all(after > before for before, after in pairwise(found))


def test_alternating_descent_circles_for_ever() -> None:
    found = radii(game(), 300)
    assert min(found) > 0.85 * found[0]
    assert max(found) < 1.15 * found[0]


def test_the_wasserstein_game_moves_away_by_the_known_factor_or_circles() -> None:
    rate = 0.2
    away = radii(game("simultaneous", loss="wasserstein", rate=rate), 20)
    assert away[-1] == pytest.approx(away[0] * (1 + rate**2) ** 10, rel=1e-4)
    around = radii(game(loss="wasserstein", rate=rate), 200)
    assert min(around) > 0.8 * around[0]
    assert max(around) < 1.2 * around[0]


@pytest.mark.parametrize("weight", [0.1, 1.0])
def test_a_gradient_penalty_towards_slope_one_does_not_converge(weight: float) -> None:
    """WGAN-GP: at (0, 0) the penalty pushes D away from the equilibrium's slope of 0."""
    found = radii(game(f"gradient-penalty:weight={weight}", loss="wasserstein", rate=0.1), 250)
    assert min(found[100:]) > 0.5


# What converges


@pytest.mark.parametrize("penalty", ["r1", "r2"])
@pytest.mark.parametrize("loss", [ZERO_SUM, "non-saturating"])
def test_r1_and_r2_lead_to_the_equilibrium(penalty: str, loss: str) -> None:
    found = radii(game(f"{penalty}:gamma=1", loss=loss), 150)
    assert found[-1] < 1e-2 * found[0]


def test_instance_noise_leads_to_the_equilibrium_but_for_its_own_grain() -> None:
    found = radii(game("instance-noise:std=1,kimg=1000000", batch=256), 150)
    assert max(found[-20:]) < 0.1 * found[0]
