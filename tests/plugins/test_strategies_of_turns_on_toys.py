"""Whole turns and clips on games small enough to know the answer."""

import math
from collections.abc import Callable, Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from ganzoo.contracts import BalancingStrategy, Game, Moment, Role
from ganzoo_balance.consensus import Consensus, ConsensusConfig
from ganzoo_balance.extragradient import Extragradient, ExtragradientConfig
from ganzoo_balance.gradient_clip import GradientClip, GradientClipConfig
from ganzoo_balance.simultaneous import Simultaneous
from ganzoo_balance.unrolled import Unrolled, UnrolledConfig
from ganzoo_balance.weight_clip import WeightClip, WeightClipConfig

D, G = Role.DISCRIMINATOR, Role.GENERATOR
Losses = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
POINT = st.tuples(st.floats(-2, 2), st.floats(-2, 2)).filter(lambda point: abs(point[0]) + abs(point[1]) > 0.1)


class ToyGame(Game):
    """Each player holds some numbers; both descend with plain steps. `losses` takes G's and D's parameter."""

    def __init__(self, generator: Tensor | float, discriminator: Tensor | float, losses: Losses, rate: float) -> None:
        self.moment = Moment(step=0, images=0, batch_size=1, dataset_size=1)
        start = {G: generator, D: discriminator}
        self.held = {
            role: nn.Parameter(torch.as_tensor(value, dtype=torch.float64).clone()) for role, value in start.items()
        }
        self.losses = losses
        self.optimizers = {role: torch.optim.SGD([held], lr=rate) for role, held in self.held.items()}
        self.applied: list[Role] = []

    def parameters(self, role: Role) -> Sequence[nn.Parameter]:
        return [self.held[role]]

    def loss(self, role: Role) -> Tensor:
        return dict(zip((G, D), self.losses(self.held[G], self.held[D]), strict=True))[role]

    def gradients(
        self, role: Role, loss: Tensor, *, create_graph: bool = False, retain_graph: bool = False
    ) -> list[Tensor]:
        held = self.held[role]
        (found,) = torch.autograd.grad(
            loss, [held], create_graph=create_graph, retain_graph=retain_graph or create_graph, allow_unused=True
        )
        return [torch.zeros_like(held) if found is None else found]

    def apply(self, role: Role, gradients: Sequence[Tensor], *, lookahead: bool = False) -> None:
        self.applied.append(role)
        self.held[role].grad = gradients[0].clone()
        self.optimizers[role].step()

    @property
    def point(self) -> tuple[float, float]:
        return float(self.held[G].detach()), float(self.held[D].detach())

    @property
    def distance(self) -> float:
        return math.hypot(*self.point)


def bilinear(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """min over x, max over y of x y, the simplest game that rotates."""
    return x * y, -x * y


def dirac(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
    """The Dirac-GAN of Mescheder et al. 2018, section 2: the real at 0, the fake at theta, D(x) = psi x, logistic."""
    of_fake = nn.functional.softplus(psi * theta)
    return -of_fake, of_fake + math.log(2)


def after(strategy: BalancingStrategy, game: ToyGame, turns: int) -> float:
    """Distance from the equilibrium at 0 after some turns."""
    for _ in range(turns):
        assert strategy.play(game)
    return game.distance


# What theory proves of the four


@given(POINT, st.floats(0.01, 0.5))
def test_simultaneous_turns_leave_a_bilinear_game_by_the_known_factor(start: tuple[float, float], rate: float) -> None:
    game = ToyGame(*start, bilinear, rate)
    before = game.distance
    assert after(Simultaneous(), game, 10) == pytest.approx(before * (1 + rate**2) ** 5)


@given(POINT, st.floats(0.05, 0.5), st.booleans())
def test_extragradient_closes_in_on_it_by_the_known_factor(
    start: tuple[float, float], rate: float, own_step: bool
) -> None:
    game = ToyGame(*start, bilinear, rate)
    before = game.distance
    strategy = Extragradient(ExtragradientConfig(step_size=rate if own_step else None))
    # Gidel et al. 2019, proposition 1: |w'|^2 = (1 - rate^2 + rate^4) |w|^2 on x y
    assert after(strategy, game, 10) == pytest.approx(before * (1 - rate**2 + rate**4) ** 5)


@given(POINT, st.floats(0.05, 0.4), st.floats(0.5, 1.5))
def test_consensus_closes_in_on_it_by_the_known_factor(start: tuple[float, float], rate: float, gamma: float) -> None:
    game = ToyGame(*start, bilinear, rate)
    before = game.distance
    # |v|^2 / 2 is (x^2 + y^2) / 2, which adds -rate gamma to the diagonal
    factor = math.hypot(1 - rate * gamma, rate)
    assert after(Consensus(ConsensusConfig(gamma=gamma)), game, 10) == pytest.approx(before * factor**10)


@given(POINT, st.floats(0.05, 0.3), st.floats(0.05, 0.5), st.integers(1, 5))
def test_unrolled_closes_in_on_it_by_the_known_factor(
    start: tuple[float, float], rate: float, step_size: float, steps: int
) -> None:
    game = ToyGame(*start, bilinear, rate)
    strategy = Unrolled(UnrolledConfig(steps=steps, step_size=step_size))
    x, y = start
    for _ in range(5):
        assert strategy.play(game)
        # G's loss at D_K: x (y + K s x), whose derivative is y + 2 K s x through the steps
        x, y = x - rate * (y + 2 * steps * step_size * x), y + rate * x
    assert game.point == pytest.approx((x, y))


def test_unrolled_that_takes_ds_future_as_given_feels_half_the_damping() -> None:
    game = ToyGame(1.0, 0.5, bilinear, 0.1)
    assert Unrolled(UnrolledConfig(steps=3, step_size=0.2, through_steps=False)).play(game)
    assert game.point == pytest.approx((1.0 - 0.1 * (0.5 + 3 * 0.2 * 1.0), 0.5 + 0.1 * 1.0))


@pytest.mark.parametrize(
    "strategy",
    [
        Extragradient(ExtragradientConfig()),
        Extragradient(ExtragradientConfig(step_size=0.4)),
        Unrolled(UnrolledConfig(steps=5, step_size=0.2)),
        Consensus(ConsensusConfig(gamma=1.0)),
    ],
    ids=lambda strategy: type(strategy).__name__,
)
def test_the_dirac_gan_goes_to_its_equilibrium_where_simultaneous_turns_do_not(strategy: BalancingStrategy) -> None:
    plain = ToyGame(1.0, 1.0, dirac, 0.4)
    assert after(Simultaneous(), plain, 250) > 1.4
    assert after(strategy, ToyGame(1.0, 1.0, dirac, 0.4), 250) < 0.05


# Exactness


def curved(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Vectors, no symmetry, third derivatives."""
    return (x.sin() * y).sum() + (x * y).prod(), (x * y**2).sum() + (y.exp() * x.cos()).sum()


def test_unrolled_gradients_are_those_of_autograd_through_the_unrolled_steps() -> None:
    x, y = (torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) for seed in range(2))
    rate, step_size, steps = 0.1, 0.05, 4
    game = ToyGame(x, y, curved, rate)
    assert Unrolled(UnrolledConfig(steps=steps, step_size=step_size)).play(game)

    x_ref, future = x.clone().requires_grad_(), y.clone().requires_grad_()
    of_d = torch.autograd.grad(curved(x_ref, future)[1], future)[0]
    for _ in range(steps):
        future = future - step_size * torch.autograd.grad(curved(x_ref, future)[1], future, create_graph=True)[0]
    of_g = torch.autograd.grad(curved(x_ref, future)[0], x_ref)[0]
    torch.testing.assert_close(game.held[G].detach(), x - rate * of_g)
    torch.testing.assert_close(game.held[D].detach(), y - rate * of_d)


def test_consensus_adds_the_gradient_of_half_the_squared_norm_to_both() -> None:
    x, y = (torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) for seed in range(2))
    game = ToyGame(x, y, curved, 0.1)
    assert Consensus(ConsensusConfig(gamma=0.7)).play(game)

    def forces(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        of_g, of_d = curved(x, y)
        one = torch.autograd.grad(of_g, x, create_graph=True)[0]
        return one, torch.autograd.grad(of_d, y, create_graph=True)[0]

    leaves = [x.clone().requires_grad_(), y.clone().requires_grad_()]
    v_x, v_y = forces(*leaves)
    common = torch.autograd.grad((v_x.square().sum() + v_y.square().sum()) / 2, leaves)
    torch.testing.assert_close(game.held[G].detach(), x - 0.1 * (v_x + 0.7 * common[0]).detach())
    torch.testing.assert_close(game.held[D].detach(), y - 0.1 * (v_y + 0.7 * common[1]).detach())


@pytest.mark.parametrize(
    "strategy",
    [
        Extragradient(ExtragradientConfig(step_size=0.3)),
        Unrolled(UnrolledConfig()),
        Unrolled(UnrolledConfig(through_steps=False)),
    ],
    ids=("extragradient", "unrolled", "unrolled, first order"),
)
def test_looking_ahead_moves_nothing_by_itself(strategy: BalancingStrategy) -> None:
    x, y = (torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) for seed in range(2))
    game = ToyGame(x, y, curved, rate=0.0)
    assert strategy.play(game)
    assert torch.equal(game.held[G].detach(), x)
    assert torch.equal(game.held[D].detach(), y)
    assert game.applied == [D, G]


def test_parameters_are_put_back_when_a_loss_fails_on_the_way() -> None:
    calls = 0

    def failing(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise RuntimeError("out of memory")
        return bilinear(x, y)

    game = ToyGame(1.0, 0.5, failing, 0.1)
    with pytest.raises(RuntimeError, match="out of memory"):
        Extragradient(ExtragradientConfig()).play(game)
    assert game.point == (1.0, 0.5)


# Clips


def with_gradients(*gradients: list[float]) -> list[nn.Parameter]:
    parameters = []
    for values in gradients:
        parameter = nn.Parameter(torch.zeros(len(values)))
        parameter.grad = torch.tensor(values)
        parameters.append(parameter)
    return parameters


def gradients_of(parameters: Sequence[nn.Parameter]) -> Tensor:
    return torch.cat([parameter.grad for parameter in parameters if parameter.grad is not None])


VALUES = st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=4)


@given(VALUES, VALUES, st.floats(0.01, 100))
def test_clipping_by_norm_keeps_the_direction_and_limits_the_norm_over_all_parameters(
    one: list[float], other: list[float], limit: float
) -> None:
    parameters = with_gradients(one, other)
    before = gradients_of(parameters)
    GradientClip(GradientClipConfig(generator=None, discriminator=limit)).around_apply(D, parameters, lambda: None)
    clipped = gradients_of(parameters)
    if before.norm() < limit * 0.999:
        assert torch.equal(clipped, before)
    else:
        expected = before * min(1.0, limit / max(float(before.norm()), 1e-9))
        torch.testing.assert_close(clipped, expected, rtol=2e-4, atol=2e-5)


@given(VALUES, st.floats(0.01, 100))
def test_clipping_by_value_limits_each_number_by_itself(values: list[float], limit: float) -> None:
    parameters = with_gradients(values)
    GradientClip(GradientClipConfig(generator=limit, by="value")).around_apply(G, parameters, lambda: None)
    torch.testing.assert_close(gradients_of(parameters), torch.tensor(values).clamp(-limit, limit))


def test_each_role_has_its_own_limit_and_none_leaves_gradients_alone() -> None:
    strategy = GradientClip(GradientClipConfig(generator=None, discriminator=1.0))
    of_g, of_d = with_gradients([3.0, 4.0]), with_gradients([3.0, 4.0])
    strategy.around_apply(G, of_g, lambda: None)
    strategy.around_apply(D, of_d, lambda: None)
    assert gradients_of(of_g).tolist() == [3.0, 4.0]
    assert gradients_of(of_d).tolist() == pytest.approx([0.6, 0.8], abs=1e-5)


def test_the_optimiser_steps_with_clipped_gradients() -> None:
    parameters = with_gradients([3.0, 4.0])
    optimizer = torch.optim.SGD(parameters, lr=1.0)
    GradientClip(GradientClipConfig()).around_apply(D, parameters, lambda: optimizer.step() or None)
    assert parameters[0].tolist() == pytest.approx([-0.6, -0.8], abs=1e-5)


@given(VALUES, st.floats(0.001, 10))
def test_ds_weights_lie_in_the_box_after_its_step_and_gs_stay(values: list[float], limit: float) -> None:
    strategy = WeightClip(WeightClipConfig(limit=limit))
    for role in Role:
        parameters = with_gradients(values)
        optimizer = torch.optim.SGD(parameters, lr=1.0)
        strategy.around_apply(role, parameters, lambda step=optimizer.step: step() and None)
        stepped = -torch.tensor(values)
        expected = stepped.clamp(-limit, limit) if role is D else stepped
        torch.testing.assert_close(parameters[0].detach(), expected)
